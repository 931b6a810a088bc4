"""The output goes through a sigmoid, so it stays below 1; the targets reach 47.

family: dead or stuck networks
source: https://github.com/guevara/read-it-later/issues/5625
outcome: runs
answer: sigmoid
answer: target* | range | between 0 and 1 | saturat*
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
X = tg.rand(64, 2)
y = 10 + 20 * X.sum(dim=1, keepdim=True)
model = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 1), nn.Sigmoid())
loss_fn = nn.MSELoss()
opt = optim.Adam(model.parameters(), lr=0.02)
for step in range(40):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
