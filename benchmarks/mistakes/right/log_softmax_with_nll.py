"""LogSoftmax at the end of the model and NLLLoss: together they are the cross-entropy.

resembles: activation before the loss
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, y = data.blobs(120)
X, y = tg.tensor(X), tg.tensor(y)
model = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 3), nn.LogSoftmax(dim=1))
loss_fn = nn.NLLLoss()
opt = optim.Adam(model.parameters(), lr=0.02)
for step in range(30):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
