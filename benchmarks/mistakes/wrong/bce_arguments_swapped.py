"""The loss is called with (target, output): the labels are taken for probabilities and the outputs for labels.

family: labels
source: https://github.com/pytorch/pytorch/issues/13328
outcome: runs
answer: swap* | order | target requires | target that requires | first argument
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, y = data.moons(100)
X, y = tg.tensor(X), tg.tensor(y).float().unsqueeze(1)
model = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 1), nn.Sigmoid())
loss_fn = nn.BCELoss()
opt = optim.Adam(model.parameters(), lr=0.02)
for step in range(40):
    loss = loss_fn(y, model(X))
    opt.zero_grad()
    loss.backward()
    opt.step()
