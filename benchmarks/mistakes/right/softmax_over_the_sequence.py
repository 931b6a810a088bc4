"""A softmax over axis 0 on purpose: the weights of the time steps of each sequence in (time, N, features).

resembles: wrong axis
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim


class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.score, self.out = nn.Linear(3, 1), nn.Linear(3, 2)

    def forward(self, x):  # [time, N, 3]
        return self.out((self.score(x).softmax(dim=0) * x).sum(dim=0))


tg.manual_seed(0)
X = tg.randn(7, 32, 3)
y = (X[:, :, 0].mean(dim=0) > 0).long()
model = Reader()
loss_fn = nn.CrossEntropyLoss()
opt = optim.Adam(model.parameters(), lr=0.02)
for step in range(30):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
