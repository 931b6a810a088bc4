"""A hand-written Huber loss with where(): quadratic near zero, linear far away.

resembles: cut graph
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
X = tg.randn(64, 3)
y = X.sum(dim=1, keepdim=True)
y[::8] += 20  # outliers
model = nn.Linear(3, 1)
opt = optim.SGD(model.parameters(), lr=0.1)
for step in range(40):
    error = (model(X) - y).abs()
    loss = tg.where(error < 1, 0.5 * error.square(), error - 0.5).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
