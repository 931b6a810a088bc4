"""Validation runs without no_grad(), and its outputs are stored: each keeps a graph of the whole model in memory.

family: memory
source: https://github.com/skorch-dev/skorch/issues/218
outcome: runs
answer: no_grad
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, X_val, y, y_val = (tg.tensor(a) for a in data.train_test_split(*data.moons(160)))
model = nn.MLP([2, 32, 2])
loss_fn = nn.CrossEntropyLoss()
opt = optim.Adam(model.parameters(), lr=0.02)
predictions = []
for epoch in range(20):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
    predictions += [model(batch) for batch in X_val.split(10)]
