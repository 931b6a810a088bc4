"""The logarithm of a ReLU's output is log(0) = −inf wherever the unit is off.

family: nan and infinity
source: https://github.com/mathiaszinnen/focal_loss_torch/issues/3
outcome: runs
answer: log
answer: 0 | zero | inf
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
X = tg.randn(64, 3)
y = X.abs().sum(dim=1, keepdim=True) + 0.1
model = nn.Sequential(nn.Linear(3, 16), nn.ReLU(), nn.Linear(16, 1), nn.ReLU())
opt = optim.Adam(model.parameters(), lr=0.01)
for step in range(10):
    loss = (model(X).log() - y.log()).square().mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
