"""Gradients should accumulate over four small batches, but zero_grad() is called before each: three of four are thrown away.

family: zero_grad
source: https://github.com/huggingface/accelerate/issues/1299
outcome: runs
answer: zero_grad | discard* | thrown away | never used | lost
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
X = tg.randn(64, 4)
y = (X.sum(dim=1) > 0).long()
model = nn.MLP([4, 8, 2])
loss_fn = nn.CrossEntropyLoss()
opt = optim.SGD(model.parameters(), lr=0.1)
for epoch in range(5):
    for k, (inputs, labels) in enumerate(zip(X.split(8), y.split(8), strict=True)):
        opt.zero_grad()
        loss = loss_fn(model(inputs), labels) / 4
        loss.backward()
        if k % 4 == 3:
            opt.step()
