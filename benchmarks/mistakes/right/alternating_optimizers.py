"""Two optimizers take turns: even steps train the first layer, odd steps the last one; all gradients are cleared each time.

resembles: optimizer and parameters
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, y = data.circles(100)
X, y = tg.tensor(X), tg.tensor(y)
model = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 2))
loss_fn = nn.CrossEntropyLoss()
optimizers = [optim.Adam(model[k].parameters(), lr=0.02) for k in (0, 2)]
for step in range(40):
    loss = loss_fn(model(X), y)
    model.zero_grad()
    loss.backward()
    optimizers[step % 2].step()
