"""Here, a learning rate of 40 is right: the loss is a mean over many pixels, so the gradient is tiny.

resembles: learning rate
"""

import tinygrad_edu as tg
from tinygrad_edu import optim

tg.manual_seed(0)
target = tg.rand(20, 20)
image = tg.zeros(20, 20, requires_grad=True)
opt = optim.SGD([image], lr=40.0)
for step in range(30):
    loss = (image - target).square().mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
