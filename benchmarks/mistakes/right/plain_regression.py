"""Regression with outputs and targets of shape (N, 1).

resembles: shapes
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, y = data.sine(80)
X, y = tg.tensor(X), tg.tensor(y)
model = nn.MLP([1, 16, 1], activation="tanh")
loss_fn = nn.MSELoss()
opt = optim.Adam(model.parameters(), lr=0.02)
for step in range(50):
    opt.zero_grad()
    loss = loss_fn(model(X), y)
    loss.backward()
    opt.step()
