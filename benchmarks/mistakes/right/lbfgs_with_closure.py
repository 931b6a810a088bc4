"""LBFGS calls a closure several times per step; zero_grad() and backward() are called inside it.

resembles: order of calls
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
X = tg.randn(64, 3)
y = X @ tg.tensor([[1.0], [-2.0], [0.5]]) + 1
model = nn.Linear(3, 1)
loss_fn = nn.MSELoss()
opt = optim.LBFGS(model.parameters(), lr=0.5)


def closure():
    opt.zero_grad()
    loss = loss_fn(model(X), y)
    loss.backward()
    return loss


for step in range(5):
    loss = opt.step(closure)
