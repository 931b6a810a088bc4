"""The last layer is replaced after the optimizer was made: the new layer is not among the optimizer's parameters.

family: optimizer and parameters
source: https://github.com/microsoft/nni/issues/4521
outcome: runs
answer: optimizer
answer: parameter* | weight* | layer*
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, y = data.blobs(120)
X, y = tg.tensor(X), tg.tensor(y)
model = nn.MLP([2, 16, 10])
opt = optim.Adam(model.parameters(), lr=0.01)
model[2] = nn.Linear(16, 3)
loss_fn = nn.CrossEntropyLoss()
for step in range(30):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
