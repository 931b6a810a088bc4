"""log_softmax() before CrossEntropyLoss is redundant but harmless: the log-softmax of log-probabilities leaves them unchanged.

resembles: activation before the loss
source: https://github.com/dev-chauhan/PQG-pytorch/issues/7
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, y = data.blobs(120)
X, y = tg.tensor(X), tg.tensor(y)
model = nn.MLP([2, 16, 3])
loss_fn = nn.CrossEntropyLoss()
opt = optim.Adam(model.parameters(), lr=0.02)
for step in range(30):
    loss = loss_fn(model(X).log_softmax(dim=1), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
