"""A scale (C, 1, 1) times images (N, C, H, W), and a scalar penalty: broadcasting as intended.

resembles: shapes
"""

import tinygrad_edu as tg
from tinygrad_edu import optim

tg.manual_seed(0)
images = tg.rand(8, 3, 5, 5)
target = images * tg.tensor([0.5, 1.0, 2.0]).reshape(3, 1, 1)
scale = tg.ones(3, 1, 1, requires_grad=True)
opt = optim.Adam([scale], lr=0.05)
for step in range(40):
    loss = (images * scale - target).square().mean() + 1e-4 * scale.square().sum()
    opt.zero_grad()
    loss.backward()
    opt.step()
