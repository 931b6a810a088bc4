"""Masked positions get −inf before the softmax: infinities on purpose, with weight 0 afterwards.

resembles: nan and infinity
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
X = tg.randn(16, 5, 4)
mask = tg.triu(tg.ones(5, 5), 1).bool()
query, key, out = nn.Linear(4, 4), nn.Linear(4, 4), nn.Linear(4, 4)
model = nn.ModuleList([query, key, out])
opt = optim.Adam(model.parameters(), lr=0.01)
for step in range(15):
    scores = (query(X) @ key(X).transpose(1, 2)).masked_fill(mask, float("-inf"))
    loss = (out(scores.softmax(dim=2) @ X)[:, :-1] - X[:, 1:]).square().mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
