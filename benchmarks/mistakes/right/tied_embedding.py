"""A bigram model whose output layer uses the embedding table as its weight.

resembles: optimizer and parameters
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim


class Bigram(nn.Module):
    def __init__(self):
        super().__init__()
        self.table, self.mix = nn.Embedding(8, 12), nn.Linear(12, 12)
        self.out = nn.Linear(12, 8, bias=False)
        self.out.weight = self.table.weight

    def forward(self, ids):
        return self.out(self.mix(self.table(ids)).tanh())


tg.manual_seed(0)
text = tg.arange(64) % 8
model = Bigram()
loss_fn = nn.CrossEntropyLoss()
opt = optim.Adam(model.parameters(), lr=0.02)
for step in range(30):
    loss = loss_fn(model(text[:-1]), text[1:])
    opt.zero_grad()
    loss.backward()
    opt.step()
