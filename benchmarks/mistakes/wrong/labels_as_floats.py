"""The class numbers are floats; CrossEntropyLoss expects integers.

family: labels
source: https://github.com/milesial/Pytorch-UNet/issues/93
outcome: raises RuntimeError
answer: integer | int64 | long | class number
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
X = tg.randn(32, 4)
y = (X.sum(dim=1) > 0).float()
model = nn.MLP([4, 8, 2])
loss_fn = nn.CrossEntropyLoss()
opt = optim.SGD(model.parameters(), lr=0.1)
for step in range(10):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
