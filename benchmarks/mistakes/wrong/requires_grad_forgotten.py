"""The weight and the bias of a hand-written regression were made without requires_grad=True.

family: cut graph
source: https://github.com/RangiLyu/nanodet/issues/7
outcome: raises RuntimeError
answer: requires_grad | require grad
"""

import tinygrad_edu as tg

tg.manual_seed(0)
x = tg.linspace(-1, 1, 50)
y = 2 * x + 1
w, b = tg.zeros(1), tg.zeros(1)
for step in range(10):
    loss = ((w * x + b - y) ** 2).mean()
    loss.backward()
    with tg.no_grad():
        w -= 0.1 * w.grad
        b -= 0.1 * b.grad
        w.grad, b.grad = None, None
