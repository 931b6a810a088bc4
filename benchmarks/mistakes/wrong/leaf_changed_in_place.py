"""The update w −= lr · w.grad is not inside no_grad(): a leaf that requires a gradient is changed in place.

family: in-place changes
source: https://github.com/BaiTheBest/SparseLLM/issues/13
outcome: raises RuntimeError
answer: no_grad
"""

import tinygrad_edu as tg

tg.manual_seed(0)
x = tg.linspace(-1, 1, 50)
y = 2 * x
w = tg.zeros(1, requires_grad=True)
for step in range(10):
    loss = ((w * x - y) ** 2).mean()
    loss.backward()
    w -= 0.1 * w.grad
    w.grad.zero_()
