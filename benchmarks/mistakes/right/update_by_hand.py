"""A hand-written update inside no_grad() that also zeroes the gradients in place.

resembles: zero_grad
"""

import tinygrad_edu as tg

tg.manual_seed(0)
x = tg.linspace(-1, 1, 50)
y = 2 * x + 1
w = tg.zeros(1, requires_grad=True)
b = tg.zeros(1, requires_grad=True)
for step in range(50):
    loss = ((w * x + b - y) ** 2).mean()
    loss.backward()
    with tg.no_grad():
        for p in (w, b):
            p -= 0.2 * p.grad
            p.grad.zero_()
