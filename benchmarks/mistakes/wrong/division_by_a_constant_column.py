"""A column that never changes has standard deviation 0; standardizing by hand divides 0 by 0.

family: nan and infinity
source: https://github.com/stevenmiller888/mind/issues/52
outcome: runs
answer: nan | divi*
answer: divi* | constant | std | input* | data
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
X = tg.randn(64, 3)
X[:, 1] = 7.0
y = (X[:, 0] > 0).long()
X = (X - X.mean(dim=0)) / X.std(dim=0)
model = nn.MLP([3, 8, 2])
loss_fn = nn.CrossEntropyLoss()
opt = optim.SGD(model.parameters(), lr=0.1)
for step in range(10):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
