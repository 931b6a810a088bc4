"""Unknown targets are masked out; the mean is taken over the known ones.

resembles: nan and infinity
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
X = tg.randn(64, 3)
y = X @ tg.randn(3, 2)
known = (tg.rand(64, 2) > 0.3).float()
model = nn.MLP([3, 16, 2])
opt = optim.Adam(model.parameters(), lr=0.02)
for step in range(30):
    loss = ((model(X) - y).square() * known).sum() / known.sum()
    opt.zero_grad()
    loss.backward()
    opt.step()
