"""Blocks are in a ModuleList, heads in a ModuleDict and scales in a ParameterList: parameters() finds them all.

resembles: optimizer and parameters
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(2, 16)
        self.blocks = nn.ModuleList([nn.Linear(16, 16) for _ in range(3)])
        self.scales = nn.ParameterList([nn.Parameter(tg.ones(1)) for _ in range(3)])
        self.heads = nn.ModuleDict({"class": nn.Linear(16, 2)})

    def forward(self, x):
        x = self.first(x)
        for block, scale in zip(self.blocks, self.scales, strict=True):
            x = x + scale * block(x).relu()
        return self.heads["class"](x)


tg.manual_seed(0)
X, y = data.moons(100)
X, y = tg.tensor(X), tg.tensor(y)
model = Net()
loss_fn = nn.CrossEntropyLoss()
opt = optim.Adam(model.parameters(), lr=0.01)
for step in range(20):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
