"""Each part of the model has its own optimizer; both step in every iteration.

resembles: optimizer and parameters
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, y = data.moons(100)
X, y = tg.tensor(X), tg.tensor(y)
model = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 2))
loss_fn = nn.CrossEntropyLoss()
first, last = optim.SGD(model[0].parameters(), lr=0.1), optim.Adam(model[2].parameters(), lr=0.02)
for step in range(30):
    loss = loss_fn(model(X), y)
    first.zero_grad()
    last.zero_grad()
    loss.backward()
    first.step()
    last.step()
