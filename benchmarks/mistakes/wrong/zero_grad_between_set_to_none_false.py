"""The gradients are filled with zeros after backward(), so Adam steps with zeros: nothing is learned.

family: order of calls
source: https://github.com/rll/deepul/issues/12
outcome: runs
answer: zero_grad | zero gradient | gradients are zero | all zero
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
X = tg.randn(64, 3)
y = (X[:, 0] > X[:, 1]).long()
model = nn.MLP([3, 8, 2])
loss_fn = nn.CrossEntropyLoss()
opt = optim.Adam(model.parameters(), lr=0.01)
for step in range(30):
    loss = loss_fn(model(X), y)
    loss.backward()
    for p in model.parameters():
        p.grad.zero_()
    opt.step()
