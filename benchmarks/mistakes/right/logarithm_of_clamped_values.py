"""A hand-written binary cross-entropy that clamps the probabilities away from 0 and 1.

resembles: nan and infinity
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
X = 40 * tg.randn(64, 2)
y = (X[:, :1] > 0).float()
model = nn.Linear(2, 1)
opt = optim.SGD(model.parameters(), lr=0.01)
for step in range(20):
    p = model(X).sigmoid().clamp(1e-6, 1 - 1e-6)
    loss = -(y * p.log() + (1 - y) * (1 - p).log()).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
