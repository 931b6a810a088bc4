"""A hand-written log(softmax(z)): for confident logits the softmax is rounded to 0 and its logarithm is −inf.

family: nan and infinity
source: https://github.com/skorch-dev/skorch/issues/481
outcome: runs
answer: log
answer: 0 | zero | inf | log_softmax
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, y = data.blobs(90)
X, y = 100 * tg.tensor(X), tg.tensor(y)
model = nn.Linear(2, 3)
opt = optim.SGD(model.parameters(), lr=0.01)
for step in range(10):
    p = model(X).softmax(dim=1)
    loss = -p.log()[tg.arange(90), y].mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
