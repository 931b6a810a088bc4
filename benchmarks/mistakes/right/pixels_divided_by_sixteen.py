"""Handwritten digits with gray values from 0 to 16, divided by 16.

resembles: scaling
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, y = data.load_digits()
X, y = tg.tensor(X[:300]).float().reshape(300, -1) / 16, tg.tensor(y[:300])
model = nn.MLP([64, 32, 10])
loss_fn = nn.CrossEntropyLoss()
opt = optim.Adam(model.parameters(), lr=0.01)
for step in range(30):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
