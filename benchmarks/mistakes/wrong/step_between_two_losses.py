"""Two losses share a forward pass, and the optimizer steps after the first: the second backward() would use new weights.

family: graph used twice
source: https://github.com/pytorch/pytorch/issues/55368
outcome: raises RuntimeError
answer: in-place | inplace | forward pass again | a second time | optimizer step
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
X = tg.randn(32, 3)
body, head_1, head_2 = nn.Linear(3, 8), nn.Linear(8, 1), nn.Linear(8, 1)
layers = nn.ModuleList([body, head_1, head_2])
opt = optim.SGD(layers.parameters(), lr=0.1)
for step in range(5):
    features = body(X).tanh()
    loss_1 = head_1(features).square().mean()
    loss = (head_2(features) - 1).square().mean()
    opt.zero_grad()
    loss_1.backward(retain_graph=True)
    opt.step()
    opt.zero_grad()
    loss.backward()
    opt.step()
