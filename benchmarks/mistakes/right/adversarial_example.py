"""The input is optimized and the model is not: its parameters deliberately get no gradient.

resembles: cut graph
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
model = nn.MLP([4, 16, 3]).requires_grad_(False).eval()
x = tg.randn(1, 4, requires_grad=True)
target = tg.tensor([2])
loss_fn = nn.CrossEntropyLoss()
opt = optim.Adam([x], lr=0.1)
for step in range(20):
    loss = loss_fn(model(x), target)
    opt.zero_grad()
    loss.backward()
    opt.step()
