"""Four backward passes for one step, each loss divided by four: a large batch in small pieces.

resembles: zero_grad
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
X = tg.randn(64, 4)
y = (X.sum(dim=1) > 0).long()
model = nn.MLP([4, 8, 2])
loss_fn = nn.CrossEntropyLoss()
opt = optim.SGD(model.parameters(), lr=0.1)
for epoch in range(10):
    opt.zero_grad()
    for k, (inputs, labels) in enumerate(zip(X.split(8), y.split(8), strict=True)):
        loss = loss_fn(model(inputs), labels) / 4
        loss.backward()
        if k % 4 == 3:
            opt.step()
            opt.zero_grad()
