"""model.zero_grad() leaves out the extra parameter that the optimizer also updates: its gradient keeps growing.

family: zero_grad
source: https://github.com/pytorch/pytorch/issues/47175
outcome: runs
answer: zero_grad
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
X = tg.randn(64, 2)
y = 3 * (X[:, :1] - X[:, 1:]) + 1

model = nn.Linear(2, 1)
temperature = nn.Parameter(tg.ones(1))
opt = optim.SGD([*model.parameters(), temperature], lr=0.02)
for step in range(40):
    loss = ((temperature * model(X) - y) ** 2).mean()
    model.zero_grad()
    loss.backward()
    opt.step()
