"""transpose() turns series (N, time, channels) into (N, channels, time), as Conv1d expects.

resembles: shapes
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
X = tg.randn(32, 10, 3)
y = (X[:, :, 0].mean(dim=1) > 0).long()
model = nn.Sequential(nn.Conv1d(3, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(64, 2))
loss_fn = nn.CrossEntropyLoss()
opt = optim.Adam(model.parameters(), lr=0.01)
for step in range(20):
    loss = loss_fn(model(X.transpose(1, 2)), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
