"""backward() is called in every iteration, but step() never is.

family: order of calls
source: https://github.com/tedlasai/learn2refocus/issues/5
outcome: runs
answer: step()
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, y = data.circles(100)
X, y = tg.tensor(X), tg.tensor(y)
model = nn.MLP([2, 16, 2])
loss_fn = nn.CrossEntropyLoss()
opt = optim.Adam(model.parameters(), lr=0.01)
for step in range(30):
    opt.zero_grad()
    loss = loss_fn(model(X), y)
    loss.backward()
