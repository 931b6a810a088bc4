"""Only the scheduler is stepped: the learning rate falls, and the weights are never updated.

family: schedules
source: https://github.com/pytorch/pytorch/issues/3814
outcome: runs
answer: optimizer.step | opt.step | step()
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
X = tg.randn(64, 2)
y = X.sum(dim=1, keepdim=True)
model = nn.Linear(2, 1)
loss_fn = nn.MSELoss()
opt = optim.SGD(model.parameters(), lr=0.1)
schedule = optim.lr_scheduler.ExponentialLR(opt, gamma=0.95)
for epoch in range(20):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    schedule.step()
