"""One noise vector (4,) is added to all inputs (N, 4) of a batch, on purpose.

resembles: shapes
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
X = tg.randn(64, 4)
y = (X.sum(dim=1) > 0).long()
model = nn.MLP([4, 16, 2])
loss_fn = nn.CrossEntropyLoss()
opt = optim.Adam(model.parameters(), lr=0.01)
for step in range(30):
    loss = loss_fn(model(X + 0.1 * tg.randn(4)), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
