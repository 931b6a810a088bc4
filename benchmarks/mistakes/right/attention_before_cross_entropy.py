"""A softmax inside the model computes attention weights, not the logits.

resembles: activation before the loss
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim


class Pool(nn.Module):
    def __init__(self):
        super().__init__()
        self.score, self.out = nn.Linear(4, 1), nn.Linear(4, 2)

    def forward(self, x):
        weights = self.score(x).softmax(dim=1)
        return self.out((weights * x).sum(dim=1))


tg.manual_seed(0)
X = tg.randn(32, 5, 4)
y = (X[:, :, 0].max(dim=1).values > 1).long()
model = Pool()
loss_fn = nn.CrossEntropyLoss()
opt = optim.Adam(model.parameters(), lr=0.02)
for step in range(30):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
