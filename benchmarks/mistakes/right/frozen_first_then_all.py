"""Two phases: the head alone, then everything, with a new optimizer for the second phase.

resembles: optimizer and parameters
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, y = data.moons(100)
X, y = tg.tensor(X), tg.tensor(y)
body, head = nn.MLP([2, 16, 16]), nn.Linear(16, 2)
model = nn.Sequential(body, nn.ReLU(), head)
loss_fn = nn.CrossEntropyLoss()
for trained, rate in ((head, 0.02), (model, 0.002)):
    body.requires_grad_(trained is model)
    opt = optim.Adam(trained.parameters(), lr=rate)
    for step in range(20):
        loss = loss_fn(model(X), y)
        opt.zero_grad()
        loss.backward()
        opt.step()
