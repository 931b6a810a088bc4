"""The gradients are clipped between backward() and step(), as they should be.

resembles: order of calls
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
X = 3 * tg.randn(64, 3)
y = 2 * X.sum(dim=1, keepdim=True)
model = nn.MLP([3, 16, 1])
loss_fn = nn.MSELoss()
opt = optim.SGD(model.parameters(), lr=0.02)
for step in range(40):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 10.0)
    opt.step()
