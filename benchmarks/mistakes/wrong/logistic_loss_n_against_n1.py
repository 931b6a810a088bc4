"""A hand-written logistic loss multiplies labels (N,) by scores (N, 1), so every label is combined with every score.

family: shapes
source: https://github.com/pytorch/pytorch/issues/4938
outcome: runs
answer: broadcast* | (80, 80) | same shape
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, labels = data.moons(80)
X = tg.tensor(X)
sign = 2 * tg.tensor(labels).float() - 1
model = nn.MLP([2, 16, 1])
opt = optim.Adam(model.parameters(), lr=0.02)
for step in range(40):
    loss = nn.functional.softplus(-sign * model(X)).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
