"""Encoder and decoder are meant to be trained together, but only the encoder's parameters were given to the optimizer.

family: optimizer and parameters
source: https://github.com/zjunlp/HVPNeT/issues/5
outcome: runs
answer: optimizer
answer: parameter* | weight* | layer*
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim


class Autoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder, self.decoder = nn.MLP([6, 8, 2]), nn.MLP([2, 8, 6])

    def forward(self, x):
        return self.decoder(self.encoder(x))


tg.manual_seed(0)
X = tg.randn(64, 2) @ tg.randn(2, 6)
model = Autoencoder()
loss_fn = nn.MSELoss()
opt = optim.Adam(model.encoder.parameters(), lr=0.01)
for step in range(40):
    loss = loss_fn(model(X), X)
    opt.zero_grad()
    loss.backward()
    opt.step()
