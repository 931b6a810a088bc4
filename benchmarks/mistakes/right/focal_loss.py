"""A focal loss on logits: the unreduced BCE, weighted by how wrong each prediction is.

resembles: activation before the loss
"""

import tinygrad_edu as tg
import tinygrad_edu.nn.functional as F
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, y = data.moons(100)
X, y = tg.tensor(X), tg.tensor(y).float().unsqueeze(1)
model = nn.MLP([2, 16, 1])
opt = optim.Adam(model.parameters(), lr=0.02)
for step in range(30):
    logits = model(X)
    each = F.binary_cross_entropy_with_logits(logits, y, reduction="none")
    wrong = (logits.sigmoid() - y).abs()
    loss = (wrong.square() * each).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
