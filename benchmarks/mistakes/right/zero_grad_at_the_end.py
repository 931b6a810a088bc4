"""The gradients are set to zero after the step instead of before backward(): the same thing.

resembles: order of calls
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
X = tg.randn(64, 3)
y = X.sum(dim=1, keepdim=True)
model = nn.Linear(3, 1)
loss_fn = nn.MSELoss()
opt = optim.SGD(model.parameters(), lr=0.1)
for step in range(30):
    loss = loss_fn(model(X), y)
    loss.backward()
    opt.step()
    opt.zero_grad()
