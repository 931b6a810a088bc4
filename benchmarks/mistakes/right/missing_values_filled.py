"""A missing value is replaced by the mean of its column before training.

resembles: nan and infinity
"""

import numpy as np

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, y = data.load_iris()
X = X.copy()
X[17, 2] = np.nan
X = np.where(np.isnan(X), np.nanmean(X, axis=0), X).astype("float32")
X, y = tg.tensor(data.StandardScaler().fit_transform(X)), tg.tensor(y)
model = nn.MLP([4, 8, 3])
loss_fn = nn.CrossEntropyLoss()
opt = optim.Adam(model.parameters(), lr=0.02)
for step in range(20):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
