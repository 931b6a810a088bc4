"""Labels −1 and +1 where they belong, in a soft margin loss; outputs and labels are (N, 1).

resembles: labels
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, y = data.moons(100)
X, y = tg.tensor(X), 2 * tg.tensor(y).float().unsqueeze(1) - 1
model = nn.MLP([2, 16, 1])
loss_fn = nn.SoftMarginLoss()
opt = optim.Adam(model.parameters(), lr=0.02)
for step in range(30):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
