"""Plain descent with a learning rate of 5: every step overshoots farther, until the loss is nan.

family: learning rate
source: https://github.com/guillaumegenthial/sequence_tagging/issues/47
outcome: runs
answer: learning rate | lr | diverg*
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
X = tg.randn(64, 3)
y = X.prod(dim=1, keepdim=True)
model = nn.MLP([3, 16, 1])
loss_fn = nn.MSELoss()
opt = optim.SGD(model.parameters(), lr=5.0)
for step in range(40):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
