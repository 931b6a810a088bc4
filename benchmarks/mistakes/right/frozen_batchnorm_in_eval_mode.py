"""Fine-tuning on frozen features with a batch norm: they stay in eval mode on purpose, and only the head is trained.

resembles: train and eval
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, y = data.moons(100)
X, y = tg.tensor(X), tg.tensor(y)
features = nn.Sequential(nn.Linear(2, 16), nn.BatchNorm1d(16), nn.ReLU())
features.requires_grad_(False)
features.eval()
head = nn.Linear(16, 2)
model = nn.ModuleList([features, head])
loss_fn = nn.CrossEntropyLoss()
opt = optim.Adam(head.parameters(), lr=0.02)
for step in range(30):
    with tg.no_grad():
        h = features(X)
    loss = loss_fn(head(h), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
