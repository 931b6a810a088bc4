"""Warm-up from a tiny rate, then cosine annealing; the schedule is stepped after every optimizer step.

resembles: schedules
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, y = data.spirals(100)
X, y = tg.tensor(X), tg.tensor(y)
model = nn.MLP([2, 32, 32, 2])
loss_fn = nn.CrossEntropyLoss()
opt = optim.Adam(model.parameters(), lr=0.02)
warm_up = optim.lr_scheduler.LinearLR(opt, start_factor=0.01, total_iters=10)
cosine = optim.lr_scheduler.CosineAnnealingLR(opt, T_max=30)
schedule = optim.lr_scheduler.SequentialLR(opt, [warm_up, cosine], milestones=[10])
for step in range(40):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
    schedule.step()
