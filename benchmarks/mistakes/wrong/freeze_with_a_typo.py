"""p.require_grad = False (without the s) sets a new attribute and freezes nothing.

family: optimizer and parameters
source: https://github.com/udacity/deep-learning-v2-pytorch/issues/12
outcome: runs
answer: requires_grad
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, y = data.moons(100)
X, y = tg.tensor(X), tg.tensor(y)
features, head = nn.MLP([2, 16, 16]), nn.Linear(16, 2)
model = nn.Sequential(features, nn.ReLU(), head)
for p in features.parameters():
    p.require_grad = False
loss_fn = nn.CrossEntropyLoss()
opt = optim.Adam(model.parameters(), lr=0.01)
for step in range(30):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
