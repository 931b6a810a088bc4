"""A tensor without gradients is updated in place in each step: a running mean by hand.

resembles: in-place changes
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
X = 3 + 2 * tg.randn(64, 3)
y = (X.sum(dim=1) > 9).long()
mean = tg.zeros(3)
model = nn.MLP([3, 16, 2])
loss_fn = nn.CrossEntropyLoss()
opt = optim.Adam(model.parameters(), lr=0.02)
for step in range(30):
    mean.mul_(0.9).add_(0.1 * X.mean(dim=0))
    loss = loss_fn(model(X - mean.clone()), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
