"""The layers are collected in a plain list first and then registered as a Sequential.

resembles: optimizer and parameters
"""

from itertools import pairwise

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim


class Net(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        layers = []
        for n, m in pairwise(sizes):
            layers += [nn.Linear(n, m), nn.GELU()]
        self.body = nn.Sequential(*layers[:-1])

    def forward(self, x):
        return self.body(x)


tg.manual_seed(0)
X, y = data.circles(100)
X, y = tg.tensor(X), tg.tensor(y)
model = Net([2, 16, 16, 2])
loss_fn = nn.CrossEntropyLoss()
opt = optim.Adam(model.parameters(), lr=0.01)
for step in range(20):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
