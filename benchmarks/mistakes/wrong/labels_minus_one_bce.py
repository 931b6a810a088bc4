"""The labels are −1 and +1; BCEWithLogitsLoss takes targets from 0 to 1.

family: labels
source: https://github.com/pytorch/pytorch/issues/139916
outcome: raises ValueError
answer: between 0 and 1 | 0 and 1 | outside | -1 | −1 | negative
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, y = data.moons(100)
X, y = tg.tensor(X), 2 * tg.tensor(y).float().unsqueeze(1) - 1
model = nn.MLP([2, 16, 1])
loss_fn = nn.BCEWithLogitsLoss()
opt = optim.Adam(model.parameters(), lr=0.02)
for step in range(40):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
