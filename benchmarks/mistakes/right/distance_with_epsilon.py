"""A distance with 1e-8 added under the square root, so that its slope at zero is finite.

resembles: nan and infinity
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
X = tg.randn(16, 3)
near = X.clone()
near[4:] += 0.1 * tg.randn(12, 3)
model = nn.Linear(3, 2)
opt = optim.SGD(model.parameters(), lr=0.1)
for step in range(10):
    distance = ((model(X) - model(near)).square().sum(dim=1) + 1e-8).sqrt()
    loss = (distance - 1).square().mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
