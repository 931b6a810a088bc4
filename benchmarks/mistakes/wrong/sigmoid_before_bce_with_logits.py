"""The last layer is a Sigmoid and the loss is BCEWithLogitsLoss, which applies one itself: no probability is ever below 0.5.

family: activation before the loss
source: https://github.com/cvg/glue-factory/issues/89
outcome: runs
answer: sigmoid
answer: *logits*
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, y = data.moons(120)
X, y = tg.tensor(X), tg.tensor(y).float().unsqueeze(1)
model = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 1), nn.Sigmoid())
loss_fn = nn.BCEWithLogitsLoss()
opt = optim.Adam(model.parameters(), lr=0.02)
for step in range(40):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
