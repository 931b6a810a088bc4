"""Series (N, time, channels) go to a Conv1d through view(), which keeps the memory order and mixes time with channels.

family: shapes
source: https://github.com/zamanzadeh/CARLA/issues/16
outcome: runs
answer: transpose | permute
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
X = tg.randn(32, 10, 3)
y = (X[:, :, 0].mean(dim=1) > 0).long()
model = nn.Sequential(nn.Conv1d(3, 8, 3), nn.ReLU(), nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Linear(8, 2))
loss_fn = nn.CrossEntropyLoss()
opt = optim.Adam(model.parameters(), lr=0.02)
for step in range(20):
    loss = loss_fn(model(X.view(32, 3, 10)), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
