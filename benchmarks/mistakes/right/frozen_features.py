"""A part of the model is frozen, and the optimizer gets only the head.

resembles: optimizer and parameters
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, y = data.moons(100)
X, y = tg.tensor(X), tg.tensor(y)
features, head = nn.MLP([2, 32, 32]), nn.Linear(32, 2)
features.requires_grad_(False)
model = nn.Sequential(features, nn.ReLU(), head)
loss_fn = nn.CrossEntropyLoss()
opt = optim.Adam(head.parameters(), lr=0.02)
for step in range(30):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
