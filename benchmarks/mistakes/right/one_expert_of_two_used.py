"""Each step uses one of two experts, and the other gets no gradient in that step.

resembles: optimizer and parameters
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
X = tg.randn(64, 3)
experts = nn.ModuleList([nn.Linear(3, 1), nn.Linear(3, 1)])
targets = X.sum(dim=1, keepdim=True), X[:, :1]
opt = optim.SGD(experts.parameters(), lr=0.1)
for step in range(30):
    k = step % 2
    loss = (experts[k](X) - targets[k]).square().mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
