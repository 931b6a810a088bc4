"""The gradients are cleared by hand, with p.grad = None.

resembles: zero_grad
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
X = tg.randn(64, 2)
y = X[:, :1] - X[:, 1:]
model = nn.Linear(2, 1)
opt = optim.SGD(model.parameters(), lr=0.1)
for step in range(30):
    for p in model.parameters():
        p.grad = None
    loss = (model(X) - y).square().mean()
    loss.backward()
    opt.step()
