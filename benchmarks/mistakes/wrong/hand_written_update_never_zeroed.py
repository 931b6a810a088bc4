"""A hand-written update inside no_grad() never clears w.grad and b.grad, so the gradients of all steps add up.

family: zero_grad
source: https://github.com/jcjohnson/pytorch-examples/issues/31
outcome: runs
answer: zero_ | zero_grad | accumulat* | add up | set to zero
"""

import tinygrad_edu as tg

tg.manual_seed(0)
x = tg.linspace(-1, 1, 50)
y = 2 * x + 1
w = tg.zeros(1, requires_grad=True)
b = tg.zeros(1, requires_grad=True)
for step in range(40):
    loss = ((w * x + b - y) ** 2).mean()
    loss.backward()
    with tg.no_grad():
        w -= 0.1 * w.grad
        b -= 0.1 * b.grad
