"""Ten residual blocks with layer norm: deep, and the gradient still reaches the first one.

resembles: dead or stuck networks
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim


class Residual(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.norm, self.linear = nn.LayerNorm(n), nn.Linear(n, n)

    def forward(self, x):
        return x + self.linear(self.norm(x)).relu()


tg.manual_seed(0)
X, y = data.spirals(100)
X, y = tg.tensor(X), tg.tensor(y)
model = nn.Sequential(nn.Linear(2, 16), *[Residual(16) for _ in range(10)], nn.Linear(16, 2))
loss_fn = nn.CrossEntropyLoss()
opt = optim.Adam(model.parameters(), lr=0.005)
for step in range(20):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
