"""Giant steps of descent push all units of the second hidden layer below zero; the ReLU network is dead from then on.

family: dead or stuck networks
source: https://github.com/YBIGTA/data-science-2018/issues/11
outcome: runs
answer: dead | never active | zero | learning rate | lr | diverg*
answer: relu | learning rate | lr
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
X = tg.rand(64, 2)
y = 50 + X.sum(dim=1, keepdim=True)
model = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 1))
loss_fn = nn.MSELoss()
opt = optim.SGD(model.parameters(), lr=1.0)
for step in range(30):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 100.0)
    opt.step()
