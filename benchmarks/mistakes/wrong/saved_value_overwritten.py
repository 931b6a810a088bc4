"""An element of a sigmoid's result is overwritten, but the sigmoid's derivative is computed from that result.

family: in-place changes
source: https://github.com/pytorch/pytorch/issues/9391
outcome: raises RuntimeError
answer: in-place | inplace | in place
"""

import tinygrad_edu as tg

tg.manual_seed(0)
a = tg.tensor([1.0, 2.0, 3.0], requires_grad=True)
gates = a.sigmoid()
gates[1] = 2.0
loss = gates.sum()
loss.backward()
