"""Fixed numbers in a Module are buffers: saved with it, and not trained.

resembles: optimizer and parameters
"""

import math

import tinygrad_edu as tg
from tinygrad_edu import nn, optim


class Fourier(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("frequencies", math.pi * tg.arange(1, 5).float())
        self.out = nn.Linear(8, 1)

    def forward(self, x):
        angles = x * self.frequencies
        return self.out(tg.cat([angles.sin(), angles.cos()], dim=1))


tg.manual_seed(0)
x = tg.linspace(-1, 1, 60).unsqueeze(1)
y = (x > 0).float()
model = Fourier()
loss_fn = nn.MSELoss()
opt = optim.Adam(model.parameters(), lr=0.05)
for step in range(30):
    loss = loss_fn(model(x), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
