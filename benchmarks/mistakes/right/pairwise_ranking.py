"""A ranking loss needs every pair: scores (N, 1) minus scores (1, N) are broadcast on purpose.

resembles: shapes
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
X = tg.randn(32, 4)
quality = X.sum(dim=1)
better = (quality.unsqueeze(1) > quality.unsqueeze(0)).float()
model = nn.MLP([4, 16, 1])
opt = optim.Adam(model.parameters(), lr=0.01)
for step in range(30):
    score = model(X)
    loss = nn.functional.binary_cross_entropy_with_logits(score - score.T, better)
    opt.zero_grad()
    loss.backward()
    opt.step()
