"""The generator's own loss is computed from a detached fake, so the generator never gets a gradient.

family: cut graph
source: https://github.com/tamarott/SinGAN/pull/117
outcome: runs
answer: detach* | no gradient | without gradient
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
    fake = G(tg.randn(32, 2)).detach()
    loss_D = loss_fn(D(real), ones) + loss_fn(D(fake), zeros)
    opt_D.zero_grad()
    loss_D.backward()
    opt_D.step()

    loss = loss_fn(D(fake), ones)
    opt_G.zero_grad()
    loss.backward()
    opt_G.step()
