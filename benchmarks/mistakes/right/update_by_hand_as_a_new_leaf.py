"""Each step makes a new leaf: w = (w − lr · grad).detach().requires_grad_().

resembles: in-place changes
"""

import tinygrad_edu as tg

tg.manual_seed(0)
x = tg.linspace(-1, 1, 40)
y = 3 * x
w = tg.zeros(1, requires_grad=True)
for step in range(30):
    loss = ((w * x - y) ** 2).mean()
    loss.backward()
    w = (w - 0.3 * w.grad).detach().requires_grad_()
