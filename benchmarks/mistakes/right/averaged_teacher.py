"""A teacher that is the moving average of the student: its weights are written under no_grad() and never trained.

resembles: cut graph
"""

import copy

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, y = data.moons(100)
X, y = tg.tensor(X), tg.tensor(y)
model = nn.MLP([2, 16, 2])
teacher = copy.deepcopy(model).requires_grad_(False)
opt = optim.Adam(model.parameters(), lr=0.02)
for step in range(30):
    agreement = nn.functional.mse_loss(model(X + 0.1 * tg.randn(100, 2)), teacher(X))
    loss = nn.functional.cross_entropy(model(X), y) + 0.1 * agreement
    opt.zero_grad()
    loss.backward()
    opt.step()
    with tg.no_grad():
        for average, p in zip(teacher.parameters(), model.parameters(), strict=True):
            average.mul_(0.9).add_(0.1 * p)
