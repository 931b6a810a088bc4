"""All layers are in a plain list, where a Module does not find them: parameters() is empty.

family: optimizer and parameters
source: https://github.com/pytorch/pytorch/issues/59925
outcome: raises ValueError
answer: modulelist
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = [nn.Linear(4, 8), nn.Linear(8, 2)]

    def forward(self, x):
        return self.layers[1](self.layers[0](x).relu())


tg.manual_seed(0)
X = tg.randn(32, 4)
y = (X[:, 0] > 0).long()
model = Net()
opt = optim.SGD(model.parameters(), lr=0.1)
loss = nn.CrossEntropyLoss()(model(X), y)
loss.backward()
opt.step()
