"""A linear model may start at zero: it has no hidden units that would need to differ.

resembles: dead or stuck networks
source: https://github.com/jthickstun/pytorch_musicnet/issues/4
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, y = data.blobs(90)
X, y = tg.tensor(X), tg.tensor(y)
model = nn.Linear(2, 3)
nn.init.zeros_(model.weight)
nn.init.zeros_(model.bias)
loss_fn = nn.CrossEntropyLoss()
opt = optim.SGD(model.parameters(), lr=0.1)
for step in range(40):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
