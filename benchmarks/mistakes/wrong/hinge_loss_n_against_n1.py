"""The hinge loss relu(1 − y·s) with y (N,) and s (N, 1) averages over N² pairs instead of N samples.

family: shapes
source: https://github.com/sunwuzhou03/reinforcement-learning-lab/issues/1
outcome: runs
answer: broadcast* | (80, 80) | same shape
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, labels = data.circles(80)
X = tg.tensor(X)
sign = 2 * tg.tensor(labels).float() - 1
model = nn.MLP([2, 16, 1])
opt = optim.Adam(model.parameters(), lr=0.02)
for step in range(40):
    score = model(X)
    loss = (1 - sign * score).relu().mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
