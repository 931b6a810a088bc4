"""The loss is computed and step() is called, but never backward(): there is no gradient to step along.

family: order of calls
source: https://github.com/eriklindernoren/PyTorch-YOLOv3/issues/431
outcome: runs
answer: backward | no gradient
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
X = tg.randn(64, 2)
y = (X[:, :1] * X[:, 1:] > 0).float()
model = nn.MLP([2, 8, 1])
loss_fn = nn.BCEWithLogitsLoss()
opt = optim.Adam(model.parameters(), lr=0.01)
for step in range(30):
    opt.zero_grad()
    loss = loss_fn(model(X), y)
    opt.step()
