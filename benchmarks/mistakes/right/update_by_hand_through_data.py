"""The old style: p.data is updated, and the gradient is set to None afterwards.

resembles: in-place changes
"""

import tinygrad_edu as tg
from tinygrad_edu import nn

tg.manual_seed(0)
X = tg.randn(64, 3)
y = X.sum(dim=1, keepdim=True)
model = nn.MLP([3, 8, 1])
loss_fn = nn.MSELoss()
for step in range(30):
    loss = loss_fn(model(X), y)
    loss.backward()
    for p in model.parameters():
        p.data -= 0.05 * p.grad
        p.grad = None
