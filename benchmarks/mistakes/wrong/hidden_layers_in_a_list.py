"""The hidden layers are in a plain list, so they are never trained; the last layer, which is an attribute, is trained.

family: optimizer and parameters
source: https://github.com/pytorch/pytorch/issues/666
outcome: runs
answer: modulelist
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = [nn.Linear(2, 16), nn.Linear(16, 16)]
        self.out = nn.Linear(16, 2)

    def forward(self, x):
        for layer in self.hidden:
            x = layer(x).relu()
        return self.out(x)


tg.manual_seed(0)
X, y = data.circles(100)
X, y = tg.tensor(X), tg.tensor(y)
model = Net()
loss_fn = nn.CrossEntropyLoss()
opt = optim.Adam(model.parameters(), lr=0.01)
for step in range(30):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
