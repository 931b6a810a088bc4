"""CrossEntropyLoss with float targets (N, C): soft labels from mixing pairs of samples.

resembles: labels
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, y = data.blobs(90)
X, Y = tg.tensor(X), nn.functional.one_hot(tg.tensor(y), 3).float()
model = nn.MLP([2, 16, 3])
loss_fn = nn.CrossEntropyLoss()
opt = optim.Adam(model.parameters(), lr=0.02)
for step in range(30):
    other, share = tg.randperm(90), 0.3
    inputs, targets = (1 - share) * X + share * X[other], (1 - share) * Y + share * Y[other]
    loss = loss_fn(model(inputs), targets)
    opt.zero_grad()
    loss.backward()
    opt.step()
