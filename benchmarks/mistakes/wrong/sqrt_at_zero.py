"""The distance of a point to itself: the square root has an infinite slope at 0, and 0 · inf is nan.

family: nan and infinity
source: https://github.com/keras-team/keras/issues/9097
outcome: runs
answer: sqrt | square root
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
X = tg.randn(16, 3)
near = X.clone()
near[4:] += 0.1 * tg.randn(12, 3)  # the first four pairs are equal
model = nn.Linear(3, 2)
opt = optim.SGD(model.parameters(), lr=0.1)
for step in range(10):
    distance = (model(X) - model(near)).square().sum(dim=1).sqrt()
    loss = distance.mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
