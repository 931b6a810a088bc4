"""The forward pass of the training step runs inside no_grad().

family: cut graph
source: https://github.com/nianticlabs/monodepth2/issues/24
outcome: raises RuntimeError
answer: no_grad | does not require grad
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
    with tg.no_grad():
        loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
