"""The inputs are around 20,000 and enter the network unscaled: the loss explodes, and then nothing more is learned.

family: scaling
source: https://github.com/BrainJS/brain.js/issues/278
outcome: runs
answer: scale* | scaling | standard* | normali*
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, y = data.moons(100)
X, y = 5000 * tg.tensor(X) + 20000, tg.tensor(y)
model = nn.MLP([2, 16, 2])
loss_fn = nn.CrossEntropyLoss()
opt = optim.SGD(model.parameters(), lr=0.1)
for step in range(60):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
