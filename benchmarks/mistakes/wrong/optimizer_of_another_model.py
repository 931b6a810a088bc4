"""The model is made twice, and the optimizer has the parameters of the first one.

family: optimizer and parameters
source: https://github.com/spro/practical-pytorch/issues/9
outcome: runs
answer: optimizer
answer: parameter* | weight* | layer* | model
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, y = data.moons(100)
X, y = tg.tensor(X), tg.tensor(y)
model = nn.MLP([2, 16, 2])
opt = optim.Adam(model.parameters(), lr=0.01)
model = nn.MLP([2, 32, 2])
loss_fn = nn.CrossEntropyLoss()
for step in range(30):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
