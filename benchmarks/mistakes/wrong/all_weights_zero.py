"""All parameters start at 0: in a network with a hidden layer, no weight ever gets a gradient other than 0.

family: dead or stuck networks
source: https://github.com/wagonhelm/NaNmnist/issues/2
outcome: runs
answer: zero | 0
answer: weight* | init* | symmetr* | parameter*
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, y = data.moons(100)
X, y = tg.tensor(X), tg.tensor(y)
model = nn.MLP([2, 16, 2])
for p in model.parameters():
    nn.init.zeros_(p)
loss_fn = nn.CrossEntropyLoss()
opt = optim.SGD(model.parameters(), lr=0.5)
for step in range(40):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
