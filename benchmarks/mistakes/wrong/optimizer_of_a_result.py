"""0.01 · randn(…, requires_grad=True) is the result of a multiplication, not a leaf: an optimizer cannot update it.

family: optimizer and parameters
source: https://github.com/pytorch/pytorch/issues/140469
outcome: raises ValueError
answer: leaf
"""

import tinygrad_edu as tg
from tinygrad_edu import optim

tg.manual_seed(0)
target = tg.rand(4, 4)
image = tg.randn(4, 4, requires_grad=True) * 0.01
opt = optim.SGD([image], lr=0.5)
for step in range(10):
    loss = (image - target).square().mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
