"""[nn.Linear(16, 16)] * 3 is the same layer three times, so the blocks share their weights by accident.

family: optimizer and parameters
source: https://github.com/zalandoresearch/pytorch-vq-vae/issues/2
outcome: runs
answer: shared | same layer | same module | one layer | several times | three times | 3 times
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.last = nn.Linear(2, 16), nn.Linear(16, 2)
        self.blocks = nn.ModuleList([nn.Linear(16, 16)] * 3)

    def forward(self, x):
        x = self.first(x)
        for block in self.blocks:
            x = x + block(x).relu()
        return self.last(x)


tg.manual_seed(0)
X, y = data.spirals(120)
X, y = tg.tensor(X), tg.tensor(y)
model = Net()
loss_fn = nn.CrossEntropyLoss()
opt = optim.Adam(model.parameters(), lr=0.01)
for step in range(30):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
