"""Gradients from autograd.grad() never touch .grad, so there is nothing to set to zero.

resembles: zero_grad
"""

import tinygrad_edu as tg
from tinygrad_edu import autograd

tg.manual_seed(0)
x = tg.linspace(-1, 1, 40)
y = 2 * x - 1
w, b = tg.zeros(1, requires_grad=True), tg.zeros(1, requires_grad=True)
for step in range(40):
    loss = ((w * x + b - y) ** 2).mean()
    gw, gb = autograd.grad(loss, (w, b))
    with tg.no_grad():
        w -= 0.3 * gw
        b -= 0.3 * gb
