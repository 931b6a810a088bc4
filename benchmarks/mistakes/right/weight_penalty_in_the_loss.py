"""An L1 penalty on all parameters is added to the loss.

resembles: cut graph
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
X = tg.randn(64, 10)
y = X[:, :1] - 2 * X[:, 1:2]
model = nn.Linear(10, 1)
loss_fn = nn.MSELoss()
opt = optim.SGD(model.parameters(), lr=0.05)
for step in range(40):
    loss = loss_fn(model(X), y) + 0.01 * sum(p.abs().sum() for p in model.parameters())
    opt.zero_grad()
    loss.backward()
    opt.step()
