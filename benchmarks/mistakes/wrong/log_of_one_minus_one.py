"""A hand-written binary cross-entropy: where a sigmoid is rounded to exactly 1, log(1 − p) is −inf and 0 · −inf is nan.

family: nan and infinity
source: https://github.com/NVIDIA/apex/issues/358
outcome: runs
answer: log
answer: 0 | zero | inf | nan
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
X = 40 * tg.randn(64, 2)
y = (X[:, :1] > 0).float()
model = nn.Linear(2, 1)
opt = optim.SGD(model.parameters(), lr=0.1)
for step in range(10):
    p = model(X).sigmoid()
    loss = -(y * p.log() + (1 - y) * (1 - p).log()).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
