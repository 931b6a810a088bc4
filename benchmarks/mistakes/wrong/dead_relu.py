"""The biases of the hidden layer start at −100, so no ReLU ever fires, and the hidden layer never learns.

family: dead or stuck networks
source: https://github.com/keras-team/keras/issues/7057
outcome: runs
answer: relu
answer: dead | never active | zero | off | 0
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, y = data.moons(100)
X, y = tg.tensor(X), tg.tensor(y)
model = nn.MLP([2, 16, 2])
nn.init.constant_(model[0].bias, -100.0)
loss_fn = nn.CrossEntropyLoss()
opt = optim.Adam(model.parameters(), lr=0.01)
for step in range(30):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
