"""The best state_dict() is kept without copying it: in this package it is a snapshot, which later training does not change.

resembles: data and evaluation
source: https://github.com/WenjieDu/PyPOTS/issues/667
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, X_val, y, y_val = (tg.tensor(a) for a in data.train_test_split(*data.moons(80, noise=0.6)))
model = nn.MLP([2, 32, 2])
loss_fn = nn.CrossEntropyLoss()
opt = optim.Adam(model.parameters(), lr=0.1)
best_loss, best = float("inf"), None
for epoch in range(80):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
    with tg.no_grad():
        val_loss = loss_fn(model(X_val), y_val).item()
    if val_loss < best_loss:
        best_loss, best = val_loss, model.state_dict()
model.load_state_dict(best)
