"""Two losses are added, and backward() is called on the sum.

resembles: graph used twice
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
X = tg.randn(64, 4)
kind = (X[:, 0] > 0).long()
size = X.abs().sum(dim=1, keepdim=True)
body, classify, measure = nn.Linear(4, 16), nn.Linear(16, 2), nn.Linear(16, 1)
model = nn.ModuleList([body, classify, measure])
opt = optim.Adam(model.parameters(), lr=0.01)
for step in range(30):
    features = body(X).relu()
    loss = nn.CrossEntropyLoss()(classify(features), kind) + 0.1 * nn.MSELoss()(measure(features), size)
    opt.zero_grad()
    loss.backward()
    opt.step()
