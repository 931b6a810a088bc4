"""A failed measurement is nan in the targets, so the loss is nan too.

family: nan and infinity
source: https://github.com/pmaxted/pycheops/issues/113
outcome: runs
answer: nan
answer: target* | data | y
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
x = tg.linspace(0, 1, 40).unsqueeze(1)
y = (6 * x).sin()
y[7] = float("nan")
model = nn.MLP([1, 16, 1], activation="tanh")
loss_fn = nn.MSELoss()
opt = optim.Adam(model.parameters(), lr=0.02)
for step in range(20):
    loss = loss_fn(model(x), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
