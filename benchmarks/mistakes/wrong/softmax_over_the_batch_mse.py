"""Softmax(dim=0) at the end of a classifier that is trained on one-hot targets: each column sums to 1, not each row.

family: wrong axis
source: https://github.com/Lackel/DPN/issues/1
outcome: runs
answer: dim | axis
answer: softmax
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, y = data.blobs(90)
X = tg.tensor(X)
Y = nn.functional.one_hot(tg.tensor(y), 3).float()
model = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 3), nn.Softmax(dim=0))
loss_fn = nn.MSELoss()
opt = optim.Adam(model.parameters(), lr=0.01)
for step in range(40):
    loss = loss_fn(model(X), Y)
    opt.zero_grad()
    loss.backward()
    opt.step()
