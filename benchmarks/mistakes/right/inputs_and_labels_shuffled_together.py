"""One permutation shuffles the rows of X and y.

resembles: data and evaluation
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, y = data.moons(100)
X, y = tg.tensor(X), tg.tensor(y)
model = nn.MLP([2, 16, 2])
loss_fn = nn.CrossEntropyLoss()
opt = optim.Adam(model.parameters(), lr=0.02)
for epoch in range(10):
    order = tg.randperm(100)
    for rows in order.split(25):
        loss = loss_fn(model(X[rows]), y[rows])
        opt.zero_grad()
        loss.backward()
        opt.step()
