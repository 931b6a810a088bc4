"""The scheduler is stepped at the start of each epoch, before the optimizer: the first learning rate is never used.

family: schedules
source: https://github.com/michuanhaohao/reid-strong-baseline/issues/190
outcome: runs
answer: lr_scheduler.step | scheduler.step | schedule*
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
X = tg.randn(64, 2)
y = X.sum(dim=1, keepdim=True)
model = nn.Linear(2, 1)
loss_fn = nn.MSELoss()
opt = optim.SGD(model.parameters(), lr=0.1)
schedule = optim.lr_scheduler.MultiStepLR(opt, milestones=[1, 10], gamma=0.1)
for epoch in range(20):
    schedule.step()
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
