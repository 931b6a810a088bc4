"""The gradients are clipped before backward() computes them: the clipped ones are those of the previous step.

family: order of calls
source: https://github.com/simchowitzlabpublic/nano-world-model/pull/22
outcome: runs
answer: clip*
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
X = 5 * tg.randn(64, 3)
y = 4 * X.sum(dim=1, keepdim=True)
model = nn.MLP([3, 16, 1])
loss_fn = nn.MSELoss()
opt = optim.SGD(model.parameters(), lr=0.0005)
for step in range(30):
    loss = loss_fn(model(X), y)
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    opt.zero_grad()
    loss.backward()
    opt.step()
