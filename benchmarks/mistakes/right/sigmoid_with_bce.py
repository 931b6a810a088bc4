"""A Sigmoid at the end and BCELoss, which expects probabilities.

resembles: activation before the loss
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, y = data.moons(100)
X, y = tg.tensor(X), tg.tensor(y).float().unsqueeze(1)
model = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 1), nn.Sigmoid())
loss_fn = nn.BCELoss()
opt = optim.Adam(model.parameters(), lr=0.02)
for step in range(30):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
