"""maximize=True: the objective is a log-likelihood, which should rise.

resembles: learning rate
"""

import tinygrad_edu as tg
from tinygrad_edu import optim

tg.manual_seed(0)
sample = 3 + 2 * tg.randn(200)
mean = tg.zeros(1, requires_grad=True)
log_std = tg.zeros(1, requires_grad=True)
opt = optim.Adam([mean, log_std], lr=0.1, maximize=True)
for step in range(40):
    z = (sample - mean) / log_std.exp()
    loss = (-0.5 * z.square() - log_std).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
