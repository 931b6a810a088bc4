"""Two groups with different learning rates, and no weight decay for the biases.

resembles: optimizer and parameters
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, y = data.moons(100)
X, y = tg.tensor(X), tg.tensor(y)
model = nn.MLP([2, 16, 16, 2])
weights = [p for p in model.parameters() if p.ndim > 1]
biases = [p for p in model.parameters() if p.ndim == 1]
opt = optim.AdamW([{"params": weights, "weight_decay": 0.01}, {"params": biases, "weight_decay": 0.0, "lr": 0.002}], lr=0.02)
loss_fn = nn.CrossEntropyLoss()
for step in range(30):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
