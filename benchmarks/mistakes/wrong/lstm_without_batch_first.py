"""Sequences (N, time, features) go to an LSTM that expects (time, N, features): the samples are read as time steps.

family: shapes
source: https://github.com/Cadene/vqa.pytorch/issues/40
outcome: runs
answer: batch_first
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm, self.out = nn.LSTM(2, 8), nn.Linear(8, 2)

    def forward(self, x):
        return self.out(self.lstm(x)[0][:, -1])


tg.manual_seed(0)
X = tg.randn(24, 6, 2)
y = (X[:, 0, 0] > 0).long()
model = Tagger()
loss_fn = nn.CrossEntropyLoss()
opt = optim.Adam(model.parameters(), lr=0.02)
for step in range(15):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
