"""Predictions are made without eval(): batch norm normalizes with the test batch and updates its running statistics.

family: train and eval
source: https://github.com/facebookresearch/ELF/pull/110
outcome: runs
answer: eval
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, X_test, y, y_test = (tg.tensor(a) for a in data.train_test_split(*data.circles(120)))
model = nn.Sequential(nn.Linear(2, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 2))
loss_fn = nn.CrossEntropyLoss()
opt = optim.Adam(model.parameters(), lr=0.02)
for epoch in range(3):
    for step in range(10):
        loss = loss_fn(model(X), y)
        opt.zero_grad()
        loss.backward()
        opt.step()
    with tg.no_grad():
        accuracy = (model(X_test[:4]).argmax(dim=1) == y_test[:4]).float().mean().item()
