"""The losses are kept as tensors for the learning curve, so the graph of every step stays in memory.

family: memory
source: https://github.com/rballester/tntorch/pull/19
outcome: runs
answer: item() | detach* | float(
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
X = tg.randn(64, 3)
y = X.sum(dim=1, keepdim=True)
model = nn.MLP([3, 16, 1])
loss_fn = nn.MSELoss()
opt = optim.Adam(model.parameters(), lr=0.01)
curve = []
for step in range(60):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
    curve.append(loss)
