"""Two views of the same samples; the target side is detached, as in self-supervised learning.

resembles: cut graph
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
X = tg.randn(64, 6)
encoder, predictor = nn.MLP([6, 16, 4]), nn.Linear(4, 4)
model = nn.ModuleList([encoder, predictor])
opt = optim.Adam(model.parameters(), lr=0.01)
for step in range(30):
    a, b = encoder(X + 0.1 * tg.randn(64, 6)), encoder(X + 0.1 * tg.randn(64, 6))
    loss = -nn.functional.cosine_similarity(predictor(a), b.detach()).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
