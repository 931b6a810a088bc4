"""The log-softmax runs over axis 0, so the samples of a batch compete with each other instead of the classes.

family: wrong axis
source: https://github.com/ctallec/world-models/issues/10
outcome: runs
answer: dim | axis
answer: softmax
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, y = data.blobs(120)
X, y = tg.tensor(X), tg.tensor(y)
model = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 3), nn.LogSoftmax(dim=0))
loss_fn = nn.NLLLoss()
opt = optim.Adam(model.parameters(), lr=0.01)
for step in range(40):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
