"""Dropout stays on at test time on purpose: the spread of twenty predictions shows how uncertain the network is.

resembles: train and eval
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, y = data.sine(60)
X, y = tg.tensor(X), tg.tensor(y)
model = nn.Sequential(nn.Linear(1, 32), nn.Tanh(), nn.Dropout(0.1), nn.Linear(32, 1))
loss_fn = nn.MSELoss()
opt = optim.Adam(model.parameters(), lr=0.02)
for step in range(40):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
grid = tg.linspace(-2, 2, 9).unsqueeze(1)
with tg.no_grad():
    spread = tg.stack([model(grid) for _ in range(20)]).std(dim=0)
