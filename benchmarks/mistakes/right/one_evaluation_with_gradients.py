"""A test loss is computed without no_grad() and immediately turned into a number: slower, but no graph is kept.

resembles: memory
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, X_test, y, y_test = (tg.tensor(a) for a in data.train_test_split(*data.moons(80)))
model = nn.MLP([2, 16, 2])
loss_fn = nn.CrossEntropyLoss()
opt = optim.Adam(model.parameters(), lr=0.02)
for step in range(20):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
test_loss = loss_fn(model(X_test), y_test).item()
