"""Prices in the millions are standardized before training, and the error is converted back afterwards.

resembles: scaling
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
X = tg.rand(100, 3)
price = 1e6 * (1 + X.sum(dim=1, keepdim=True))
mean, std = price.mean().item(), price.std().item()
y = (price - mean) / std
model = nn.MLP([3, 16, 1])
loss_fn = nn.MSELoss()
opt = optim.Adam(model.parameters(), lr=0.02)
for step in range(40):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
with tg.no_grad():
    error = std * (model(X) - y).abs().mean().item()
