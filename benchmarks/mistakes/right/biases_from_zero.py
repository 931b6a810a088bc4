"""Biases of zero and weights from He initialization: the usual start of a ReLU network.

resembles: dead or stuck networks
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, y = data.circles(100)
X, y = tg.tensor(X), tg.tensor(y)
model = nn.MLP([2, 32, 32, 2])
for p in model.parameters():
    if p.ndim > 1:
        nn.init.kaiming_normal_(p, nonlinearity="relu")
    else:
        nn.init.zeros_(p)
loss_fn = nn.CrossEntropyLoss()
opt = optim.Adam(model.parameters(), lr=0.01)
for step in range(40):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
