"""A softmax before a squared error (the Brier score): unusual, but a proper loss for probabilities.

resembles: activation before the loss
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, y = data.blobs(120)
X, Y = tg.tensor(X), nn.functional.one_hot(tg.tensor(y), 3).float()
model = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 3), nn.Softmax(dim=1))
opt = optim.Adam(model.parameters(), lr=0.02)
for step in range(30):
    loss = (model(X) - Y).square().sum(dim=1).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
