"""Outputs are (N, 1) and targets (N,): MSELoss broadcasts them to (N, N) and the model learns the mean.

family: shapes
source: https://github.com/pytorch/pytorch/issues/19699
outcome: runs
answer: broadcast* | target size | same shape | (64, 64)
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
X = tg.randn(64, 3)
y = X @ tg.tensor([1.0, -2.0, 0.5])
model = nn.MLP([3, 16, 1])
loss_fn = nn.MSELoss()
opt = optim.Adam(model.parameters(), lr=0.01)
for step in range(40):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
