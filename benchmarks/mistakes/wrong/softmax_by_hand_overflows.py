"""A hand-written softmax, exp(z) / Σ exp(z), without subtracting the maximum: exp(200) is infinite in float32.

family: nan and infinity
source: https://github.com/FluxML/Flux.jl/pull/437
outcome: runs
answer: exp | overflow* | softmax
answer: inf | overflow* | nan
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
X = 200 * tg.randn(60, 2)
y = (X[:, 0] > 0).long()
model = nn.Linear(2, 2)
opt = optim.SGD(model.parameters(), lr=0.01)
for step in range(10):
    e = model(X).exp()
    p = e / e.sum(dim=1, keepdim=True)
    loss = -p[tg.arange(60), y].log().mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
