"""The losses of the samples of one batch are collected in a list and averaged before backward().

resembles: memory
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
series = [tg.randn(int(n), 1, 2) for n in tg.randint(3, 8, (8,))]
targets = tg.stack([s.mean() for s in series])
rnn, out = nn.GRU(2, 8), nn.Linear(8, 1)
model = nn.ModuleList([rnn, out])
opt = optim.Adam(model.parameters(), lr=0.02)
for step in range(6):
    losses = [(out(rnn(s)[0][-1]).squeeze() - t).square() for s, t in zip(series, targets, strict=True)]
    loss = tg.stack(losses).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
