"""w = w − lr · w.grad outside no_grad() makes w a result instead of a leaf; in the second iteration its .grad is None.

family: in-place changes
source: https://github.com/pytorch/pytorch/issues/19778
outcome: raises TypeError
answer: leaf | retain_grad | no_grad
"""

import tinygrad_edu as tg

tg.manual_seed(0)
x = tg.linspace(-1, 1, 50)
y = 2 * x
w = tg.zeros(1, requires_grad=True)
for step in range(10):
    loss = ((w * x - y) ** 2).mean()
    loss.backward()
    w = w - 0.1 * w.grad
