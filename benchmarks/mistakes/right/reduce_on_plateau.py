"""ReduceLROnPlateau gets the validation loss.

resembles: schedules
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, X_val, y, y_val = (tg.tensor(a) for a in data.train_test_split(*data.moons(120, noise=0.2)))
model = nn.MLP([2, 16, 2])
loss_fn = nn.CrossEntropyLoss()
opt = optim.Adam(model.parameters(), lr=0.05)
schedule = optim.lr_scheduler.ReduceLROnPlateau(opt, patience=2)
for epoch in range(30):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
    with tg.no_grad():
        schedule.step(loss_fn(model(X_val), y_val).item())
