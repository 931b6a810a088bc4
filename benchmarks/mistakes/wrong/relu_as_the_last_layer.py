"""A ReLU at the output cannot produce the negative targets of this regression, and dies during training.

family: dead or stuck networks
source: https://github.com/jcjohnson/pytorch-examples/issues/30
outcome: runs
answer: relu
answer: output | last | negative | dead | zero
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
X = tg.randn(64, 2)
y = -3 - X.square().sum(dim=1, keepdim=True)
model = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 1), nn.ReLU())
loss_fn = nn.MSELoss()
opt = optim.Adam(model.parameters(), lr=0.02)
for step in range(40):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
