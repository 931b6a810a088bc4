"""A hand-written squared error subtracts targets (N,) from outputs (N, 1): the difference is (N, N).

family: shapes
source: https://github.com/pytorch/pytorch/issues/16413
outcome: runs
answer: broadcast* | (50, 50) | same shape
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
x = tg.linspace(-1, 1, 50)
y = (3 * x).sin()
model = nn.MLP([1, 16, 1], activation="tanh")
opt = optim.Adam(model.parameters(), lr=0.02)
for step in range(40):
    output = model(x.unsqueeze(1))
    loss = ((output - y) ** 2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
