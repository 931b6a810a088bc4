"""The scales of the wine table's columns differ by a factor of up to 2,500; descent on the raw table gets nowhere.

family: scaling
source: https://github.com/ageron/handson-ml3/pull/20
outcome: runs
answer: scale* | scaling | standard* | normali*
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, y = data.load_wine()
X, y = tg.tensor(X).float(), tg.tensor(y)
model = nn.MLP([13, 16, 3])
loss_fn = nn.CrossEntropyLoss()
opt = optim.SGD(model.parameters(), lr=0.05)
for step in range(60):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
