"""model.features.requires_grad = False sets an attribute of the Module; its parameters keep learning.

family: optimizer and parameters
source: https://github.com/CSCYQJ/MICCAI23-ProtoContra-SFDA/issues/18
outcome: runs
answer: requires_grad*
answer: parameter* | module
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.features, self.head = nn.MLP([2, 16, 16]), nn.Linear(16, 2)

    def forward(self, x):
        return self.head(self.features(x).relu())


tg.manual_seed(0)
X, y = data.moons(100)
X, y = tg.tensor(X), tg.tensor(y)
model = Net()
model.features.requires_grad = False
loss_fn = nn.CrossEntropyLoss()
opt = optim.Adam(model.parameters(), lr=0.01)
for step in range(30):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
