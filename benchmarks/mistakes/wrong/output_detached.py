"""The output is detached before the loss: there is no path back to the weights.

family: cut graph
source: https://github.com/weizheliu/People-Flows/issues/7
outcome: raises RuntimeError
answer: detach* | does not require grad
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
X = tg.randn(64, 3)
y = X.sum(dim=1, keepdim=True)
model = nn.Linear(3, 1)
loss_fn = nn.MSELoss()
opt = optim.SGD(model.parameters(), lr=0.1)
for step in range(10):
    loss = loss_fn(model(X).detach(), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
