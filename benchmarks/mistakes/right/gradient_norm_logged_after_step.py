"""The gradient norm is read after the step, for a plot only: nothing is clipped.

resembles: order of calls
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, y = data.moons(80)
X, y = tg.tensor(X), tg.tensor(y)
model = nn.MLP([2, 16, 2])
loss_fn = nn.CrossEntropyLoss()
opt = optim.Adam(model.parameters(), lr=0.02)
norms = []
for step in range(30):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
    norms.append(sum(p.grad.square().sum().item() for p in model.parameters()) ** 0.5)
