"""The targets cannot be negative, and neither can the output.

resembles: dead or stuck networks
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
X = tg.randn(64, 2)
y = X.abs().sum(dim=1, keepdim=True)
model = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 1), nn.Softplus())
loss_fn = nn.MSELoss()
opt = optim.Adam(model.parameters(), lr=0.02)
for step in range(40):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
