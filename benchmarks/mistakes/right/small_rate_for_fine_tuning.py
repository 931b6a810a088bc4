"""Training is followed by a phase with a very small rate: there the loss hardly changes, and is not meant to.

resembles: learning rate
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, y = data.moons(100)
X, y = tg.tensor(X), tg.tensor(y)
model = nn.MLP([2, 16, 2])
loss_fn = nn.CrossEntropyLoss()
for rate in (0.05, 1e-5):
    opt = optim.Adam(model.parameters(), lr=rate)
    for step in range(40):
        loss = loss_fn(model(X), y)
        opt.zero_grad()
        loss.backward()
        opt.step()
