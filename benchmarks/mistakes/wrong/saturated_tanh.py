"""The initial weights have a standard deviation of 50: almost every tanh is at ±1, where its slope is zero.

family: dead or stuck networks
source: https://github.com/guevara/read-it-later/issues/10754
outcome: runs
answer: saturat* | vanish* | init* | large weights
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, y = data.circles(100)
X, y = tg.tensor(X), tg.tensor(y)
model = nn.MLP([2, 16, 16, 2], activation="tanh")
for p in model.parameters():
    nn.init.normal_(p, std=50.0)
loss_fn = nn.CrossEntropyLoss()
opt = optim.SGD(model.parameters(), lr=0.01)
for step in range(40):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
