"""Five yes-or-no questions for each sample: BCEWithLogitsLoss on (N, 5) float targets.

resembles: labels
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
X = tg.randn(64, 6)
Y = (X @ tg.randn(6, 5) > 0).float()
model = nn.MLP([6, 16, 5])
loss_fn = nn.BCEWithLogitsLoss()
opt = optim.Adam(model.parameters(), lr=0.02)
for step in range(30):
    loss = loss_fn(model(X), Y)
    opt.zero_grad()
    loss.backward()
    opt.step()
