"""A new Adam is made for every batch: its running means start at zero each time, so it never has any memory.

family: optimizer and parameters
source: https://github.com/alan-turing-institute/deepsensor/issues/47
outcome: runs
answer: optimizer
answer: new | loop | state | every step | each step | again
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
X = tg.randn(64, 3)
y = X.prod(dim=1, keepdim=True)
model = nn.MLP([3, 16, 1])
loss_fn = nn.MSELoss()
for step in range(30):
    opt = optim.Adam(model.parameters(), lr=0.01)
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
