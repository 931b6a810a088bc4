"""House prices in the millions are not scaled: the squared error is astronomical, and the network's outputs stay far too small.

family: scaling
source: https://github.com/alessiospuriomancini/cosmopower/pull/26
outcome: runs
answer: scale* | scaling | standard* | normali*
answer: target* | y
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
X = tg.rand(100, 3)
y = 1e6 * (1 + X.sum(dim=1, keepdim=True))
model = nn.MLP([3, 16, 1])
loss_fn = nn.MSELoss()
opt = optim.Adam(model.parameters(), lr=0.01)
for step in range(60):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
