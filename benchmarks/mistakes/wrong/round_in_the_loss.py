"""The outputs are rounded before the loss; the gradient of rounding is zero, so nothing is learned.

family: cut graph
source: https://github.com/keras-team/keras/issues/11157
outcome: runs
answer: round* | zero gradient | gradient is zero | gradients are zero | all zero
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
X = tg.randn(64, 2)
y = (3 * X[:, :1]).round()
model = nn.MLP([2, 16, 1])
loss_fn = nn.MSELoss()
opt = optim.Adam(model.parameters(), lr=0.01)
for step in range(30):
    loss = loss_fn(model(X).round(), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
