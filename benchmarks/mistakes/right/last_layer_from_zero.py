"""Only the last layer starts at zero, so that the first outputs are zero; the hidden layer is random.

resembles: dead or stuck networks
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, y = data.moons(100)
X, y = tg.tensor(X), tg.tensor(y)
model = nn.MLP([2, 32, 2])
nn.init.zeros_(model[2].weight)
nn.init.zeros_(model[2].bias)
loss_fn = nn.CrossEntropyLoss()
opt = optim.Adam(model.parameters(), lr=0.02)
for step in range(40):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
