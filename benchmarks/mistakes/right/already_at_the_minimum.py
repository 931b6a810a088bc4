"""Training starts at the solution: the loss is zero from the first step, and so are the gradients.

resembles: learning rate
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
X = tg.randn(64, 3)
model = nn.Linear(3, 1)
with tg.no_grad():
    y = model(X)
loss_fn = nn.MSELoss()
opt = optim.SGD(model.parameters(), lr=0.1)
for step in range(20):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
