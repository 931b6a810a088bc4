"""step() is called before backward(), right after the gradients were cleared: it never sees a gradient.

family: order of calls
source: https://github.com/inyeoplee77/SAGPool/issues/15
outcome: runs
answer: before backward | no gradient | after backward | without gradient | zero_grad
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
X = tg.randn(64, 2)
y = 2 * X[:, :1] - X[:, 1:]
model = nn.Linear(2, 1)
loss_fn = nn.MSELoss()
opt = optim.SGD(model.parameters(), lr=0.1)
for step in range(30):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    opt.step()
    loss.backward()
