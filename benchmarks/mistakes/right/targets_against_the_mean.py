"""R² subtracts the mean, a scalar, from the targets (N, 1), and the accuracy compares (N,) with (N,).

resembles: shapes
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
X = tg.randn(64, 3)
y = X.sum(dim=1, keepdim=True)
model = nn.Linear(3, 1)
opt = optim.SGD(model.parameters(), lr=0.1)
for step in range(30):
    loss = (model(X) - y).square().mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
with tg.no_grad():
    output = model(X)
    r2 = 1 - (y - output).square().sum().item() / (y - y.mean()).square().sum().item()
    accuracy = ((output > 0).squeeze(1) == (y > 0).squeeze(1)).float().mean().item()
