"""model.zero_grad() replaces opt.zero_grad(): the same parameters, the same effect.

resembles: zero_grad
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, y = data.circles(100)
X, y = tg.tensor(X), tg.tensor(y)
model = nn.MLP([2, 16, 2])
loss_fn = nn.CrossEntropyLoss()
opt = optim.Adam(model.parameters(), lr=0.02)
for step in range(30):
    model.zero_grad()
    loss = loss_fn(model(X), y)
    loss.backward()
    opt.step()
