"""backward() is called on each of two losses from one forward pass, on purpose; their gradients add up before the step.

resembles: zero_grad
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
X = tg.randn(64, 4)
targets = X.sum(dim=1, keepdim=True), X.square().sum(dim=1, keepdim=True)
body, heads = nn.Linear(4, 16), nn.ModuleList([nn.Linear(16, 1), nn.Linear(16, 1)])
model = nn.ModuleList([body, heads])
opt = optim.Adam(model.parameters(), lr=0.01)
for step in range(30):
    features = body(X).tanh()
    first, second = ((head(features) - y).square().mean() for head, y in zip(heads, targets, strict=True))
    opt.zero_grad()
    first.backward(retain_graph=True)
    second.backward()
    opt.step()
