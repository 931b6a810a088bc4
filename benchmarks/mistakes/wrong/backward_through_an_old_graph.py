"""The forward pass is before the loop: from the second iteration on, backward() goes through an old graph.

family: graph used twice
source: https://github.com/karpathy/nn-zero-to-hero/issues/31
outcome: raises RuntimeError
answer: forward pass again | a second time | forward again
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
X = tg.randn(32, 3)
y = X.prod(dim=1, keepdim=True)
model = nn.MLP([3, 8, 1], activation="tanh")
opt = optim.SGD(model.parameters(), lr=0.1)
loss = nn.MSELoss()(model(X), y)
for step in range(10):
    opt.zero_grad()
    loss.backward()
    opt.step()
