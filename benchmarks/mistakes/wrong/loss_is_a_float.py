"""loss.item() is a Python float, which has no backward().

family: cut graph
source: https://github.com/davidmascharka/tbd-nets/issues/8
outcome: raises AttributeError
answer: item | float
answer: backward
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
X = tg.randn(64, 3)
y = X.sum(dim=1, keepdim=True)
model = nn.Linear(3, 1)
loss_fn = nn.MSELoss()
opt = optim.SGD(model.parameters(), lr=0.1)
for step in range(10):
    loss = loss_fn(model(X), y).item()
    opt.zero_grad()
    loss.backward()
    opt.step()
