"""argmax() is used for the accuracy only, not for the loss.

resembles: cut graph
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, y = data.blobs(90)
X, y = tg.tensor(X), tg.tensor(y)
model = nn.MLP([2, 16, 3])
loss_fn = nn.CrossEntropyLoss()
opt = optim.Adam(model.parameters(), lr=0.02)
for step in range(30):
    output = model(X)
    loss = loss_fn(output, y)
    opt.zero_grad()
    loss.backward()
    opt.step()
    accuracy = (output.argmax(dim=1) == y).float().mean().item()
