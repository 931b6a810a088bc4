"""The discriminator does not require gradients while the generator trains, and requires them again afterwards.

resembles: cut graph
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
G, D = nn.MLP([2, 8, 1]), nn.MLP([1, 8, 1])
opt_G, opt_D = optim.Adam(G.parameters(), lr=0.01), optim.Adam(D.parameters(), lr=0.01)
for step in range(20):
    real = 2 + 0.5 * tg.randn(32, 1)
    D.requires_grad_(True)
    loss_D = D(G(tg.randn(32, 2)).detach()).mean() - D(real).mean() + 0.1 * D(real).square().mean()
    opt_D.zero_grad()
    loss_D.backward()
    opt_D.step()

    D.requires_grad_(False)
    loss = -D(G(tg.randn(32, 2))).mean()
    opt_G.zero_grad()
    loss.backward()
    opt_G.step()
