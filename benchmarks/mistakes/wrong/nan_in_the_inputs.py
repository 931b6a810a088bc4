"""One missing value in the table, read as nan, turns the loss and then all weights into nan.

family: nan and infinity
source: https://github.com/sparks-baird/CrabNet/pull/35
outcome: runs
answer: nan
answer: input* | data | X
"""

import numpy as np

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, y = data.load_iris()
X = data.StandardScaler().fit_transform(X)
X[17, 2] = np.nan
X, y = tg.tensor(X), tg.tensor(y)
model = nn.MLP([4, 8, 3])
loss_fn = nn.CrossEntropyLoss()
opt = optim.SGD(model.parameters(), lr=0.1)
for step in range(20):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
