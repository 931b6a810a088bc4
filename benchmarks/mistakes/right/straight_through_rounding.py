"""Rounding in the forward pass, the identity in the backward pass: x + (round(x) − x).detach().

resembles: cut graph
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
X = tg.randn(64, 2)
y = (2 * X[:, :1]).round()
model = nn.MLP([2, 16, 1])
loss_fn = nn.MSELoss()
opt = optim.Adam(model.parameters(), lr=0.02)
for step in range(40):
    output = model(X)
    output = output + (output.round() - output).detach()
    loss = loss_fn(output, y)
    opt.zero_grad()
    loss.backward()
    opt.step()
