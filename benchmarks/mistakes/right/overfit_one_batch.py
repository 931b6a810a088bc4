"""A check before training: the network should be able to overfit a single batch.

resembles: data and evaluation
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, y = data.spirals(200)
X, y = tg.tensor(X[:8]), tg.tensor(y[:8])
model = nn.MLP([2, 32, 2])
loss_fn = nn.CrossEntropyLoss()
opt = optim.Adam(model.parameters(), lr=0.02)
for step in range(60):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
