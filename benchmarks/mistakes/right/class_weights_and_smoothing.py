"""An imbalanced problem: class weights and label smoothing in CrossEntropyLoss.

resembles: labels
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
X = tg.randn(200, 3)
y = (X.sum(dim=1) > 2.5).long()
model = nn.MLP([3, 16, 2])
loss_fn = nn.CrossEntropyLoss(weight=tg.tensor([1.0, 10.0]), label_smoothing=0.05)
opt = optim.Adam(model.parameters(), lr=0.02)
for step in range(30):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
