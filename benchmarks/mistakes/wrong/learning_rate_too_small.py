"""With a learning rate of 1e-8 the loss is practically the same after sixty steps as before the first.

family: learning rate
source: https://github.com/tegg89/SRCNN-Tensorflow/issues/24
outcome: runs
answer: learning rate | lr
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, y = data.moons(100)
X, y = tg.tensor(X), tg.tensor(y)
model = nn.MLP([2, 16, 2])
loss_fn = nn.CrossEntropyLoss()
opt = optim.SGD(model.parameters(), lr=1e-8)
for step in range(60):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
