"""The rows are sorted by class and never shuffled, but each step uses all of them: their order does not matter.

resembles: data and evaluation
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, y = data.load_iris()
order = y.argsort()
X, y = tg.tensor(data.StandardScaler().fit_transform(X)[order]), tg.tensor(y[order])
model = nn.MLP([4, 16, 3])
loss_fn = nn.CrossEntropyLoss()
opt = optim.Adam(model.parameters(), lr=0.02)
for epoch in range(40):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
