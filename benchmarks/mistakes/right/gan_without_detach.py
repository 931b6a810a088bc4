"""A GAN makes new fake samples for each of its two steps, and each network's gradients are cleared before its own step.

resembles: cut graph
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
G, D = nn.MLP([2, 8, 1]), nn.MLP([1, 8, 1])
opt_G, opt_D = optim.Adam(G.parameters(), lr=0.01), optim.Adam(D.parameters(), lr=0.01)
loss_fn = nn.BCEWithLogitsLoss()
ones, zeros = tg.ones(32, 1), tg.zeros(32, 1)
for step in range(20):
    real = 2 + 0.5 * tg.randn(32, 1)
    opt_D.zero_grad()
    loss_D = loss_fn(D(real), ones) + loss_fn(D(G(tg.randn(32, 2))), zeros)
    loss_D.backward()
    opt_D.step()

    opt_G.zero_grad()
    loss = loss_fn(D(G(tg.randn(32, 2))), ones)
    loss.backward()
    opt_G.step()
