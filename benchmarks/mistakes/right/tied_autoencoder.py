"""The decoder uses the transposed weight of the encoder: one parameter, two uses, on purpose.

resembles: optimizer and parameters
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Linear(6, 3)
        self.bias = nn.Parameter(tg.zeros(6))

    def forward(self, x):
        return self.encoder(x).tanh() @ self.encoder.weight + self.bias


tg.manual_seed(0)
X = tg.randn(64, 3) @ tg.randn(3, 6) / 2
model = Tied()
loss_fn = nn.MSELoss()
opt = optim.Adam(model.parameters(), lr=0.02)
for step in range(30):
    loss = loss_fn(model(X), X)
    opt.zero_grad()
    loss.backward()
    opt.step()
