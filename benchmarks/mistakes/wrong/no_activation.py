"""Three Linear layers with nothing between them are equivalent to one, and cannot learn xor.

family: dead or stuck networks
source: https://github.com/aymericdamien/TensorFlow-Examples/issues/270
outcome: runs
answer: activation* | nonlinear* | non-linear*
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, y = data.xor(100)
X, y = tg.tensor(X), tg.tensor(y)
model = nn.Sequential(nn.Linear(2, 16), nn.Linear(16, 16), nn.Linear(16, 2))
loss_fn = nn.CrossEntropyLoss()
opt = optim.Adam(model.parameters(), lr=0.02)
for step in range(40):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
