"""zero_grad(set_to_none=False) fills the gradients with zeros and keeps the tensors.

resembles: zero_grad
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
X = tg.randn(64, 2)
y = X.prod(dim=1, keepdim=True)
model = nn.MLP([2, 16, 1])
loss_fn = nn.MSELoss()
opt = optim.Adam(model.parameters(), lr=0.02)
for step in range(30):
    opt.zero_grad(set_to_none=False)
    loss = loss_fn(model(X), y)
    loss.backward()
    opt.step()
