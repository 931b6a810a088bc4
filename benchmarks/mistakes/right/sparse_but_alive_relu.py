"""A wide ReLU layer in which about half of the units are off for each sample, but no unit is off for all samples.

resembles: dead or stuck networks
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
X = tg.randn(200, 10)
y = X.square().sum(dim=1, keepdim=True) / 10
model = nn.MLP([10, 64, 1])
loss_fn = nn.MSELoss()
opt = optim.Adam(model.parameters(), lr=0.01)
for step in range(40):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
