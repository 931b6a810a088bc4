"""zero_grad() is called between backward() and step(): step() finds no gradient, and the weights never change.

family: order of calls
source: https://velog.io/@rhss10/기본-optimizer.zerograd는-어디에-넣어주어야-할까
outcome: runs
answer: zero_grad | no gradient | without gradient | before step
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
X = tg.randn(64, 3)
y = X.sum(dim=1, keepdim=True)
model = nn.Linear(3, 1)
loss_fn = nn.MSELoss()
opt = optim.SGD(model.parameters(), lr=0.1)
for step in range(30):
    loss = loss_fn(model(X), y)
    loss.backward()
    opt.zero_grad()
    opt.step()
