"""BCELoss gets raw outputs of a Linear layer instead of probabilities.

family: activation before the loss
source: https://github.com/ray-project/ray/issues/17117
outcome: raises RuntimeError
answer: between 0 and 1 | sigmoid | *logits*
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
X = tg.randn(64, 3)
y = (X.sum(dim=1, keepdim=True) > 0).float()
model = nn.Linear(3, 1)
loss_fn = nn.BCELoss()
opt = optim.SGD(model.parameters(), lr=0.1)
for step in range(20):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
