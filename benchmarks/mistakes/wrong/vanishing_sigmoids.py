"""Twelve sigmoid layers: the gradient becomes ever smaller on its way back, and the first layers hardly move.

family: dead or stuck networks
source: https://github.com/phlippe/uvadlc_notebooks/issues/119
outcome: runs
answer: vanish* | small gradient | shrink* | saturat*
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, y = data.moons(60)
X, y = tg.tensor(X), tg.tensor(y)
model = nn.MLP([2, *[16] * 12, 2], activation="sigmoid")
loss_fn = nn.CrossEntropyLoss()
opt = optim.SGD(model.parameters(), lr=0.1)
for step in range(30):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
