"""Two Linear layers with nothing between them, on purpose: an autoencoder that finds the subspace of the principal components.

resembles: dead or stuck networks
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
X = tg.randn(100, 2) @ tg.randn(2, 6)
model = nn.Sequential(nn.Linear(6, 2, bias=False), nn.Linear(2, 6, bias=False))
loss_fn = nn.MSELoss()
opt = optim.Adam(model.parameters(), lr=0.02)
for step in range(60):
    loss = loss_fn(model(X), X)
    opt.zero_grad()
    loss.backward()
    opt.step()
