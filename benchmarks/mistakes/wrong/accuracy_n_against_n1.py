"""Training is right, but the accuracy compares predictions (N, 1) with labels (N,) and so averages an (N, N) table.

family: shapes
source: https://github.com/pytorch/pytorch/issues/16045
outcome: runs
answer: broadcast* | (90, 90) | same shape
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, labels = data.moons(90)
X, labels = tg.tensor(X), tg.tensor(labels)
model = nn.MLP([2, 16, 1])
loss_fn = nn.BCEWithLogitsLoss()
opt = optim.Adam(model.parameters(), lr=0.03)
for step in range(40):
    loss = loss_fn(model(X), labels.float().unsqueeze(1))
    opt.zero_grad()
    loss.backward()
    opt.step()
with tg.no_grad():
    accuracy = ((model(X) > 0) == labels.bool()).float().mean().item()
