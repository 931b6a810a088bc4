"""One network is called for both sides of a pair, so they share its weights.

resembles: optimizer and parameters
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
left, right = tg.randn(48, 4), tg.randn(48, 4)
right[:24] = left[:24] + 0.1 * tg.randn(24, 4)
target = tg.cat([tg.ones(24), -tg.ones(24)])
model = nn.MLP([4, 16, 8])
loss_fn = nn.CosineEmbeddingLoss(margin=0.2)
opt = optim.Adam(model.parameters(), lr=0.01)
for step in range(30):
    loss = loss_fn(model(left), model(right), target)
    opt.zero_grad()
    loss.backward()
    opt.step()
