"""Predicted maps are (N, 1, 6, 6) and targets (N, 6, 6), which broadcasts over the wrong axes.

family: shapes
source: https://github.com/jiwei0921/CoNet/issues/3
outcome: runs
answer: broadcast* | target size | same shape | same size
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
images = tg.rand(8, 1, 6, 6)
depth = 2 * images.squeeze(1) - 1
model = nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(), nn.Conv2d(4, 1, 1))
loss_fn = nn.SmoothL1Loss()
opt = optim.Adam(model.parameters(), lr=0.02)
for step in range(20):
    loss = loss_fn(model(images), depth)
    opt.zero_grad()
    loss.backward()
    opt.step()
