"""The output is squeezed to (N,), the shape of the targets.

resembles: shapes
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
X = tg.randn(64, 3)
y = X @ tg.tensor([1.0, -2.0, 0.5])
model = nn.MLP([3, 16, 1])
loss_fn = nn.MSELoss()
opt = optim.Adam(model.parameters(), lr=0.02)
for step in range(40):
    loss = loss_fn(model(X).squeeze(1), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
