"""__init__ assigns layers without calling super().__init__() first.

family: optimizer and parameters
source: https://github.com/Genentech/gReLU/issues/188
outcome: raises AttributeError
answer: __init__()
"""

import tinygrad_edu as tg
from tinygrad_edu import nn


class Net(nn.Module):
    def __init__(self):
        self.hidden = nn.Linear(2, 8)
        self.out = nn.Linear(8, 1)

    def forward(self, x):
        return self.out(self.hidden(x).relu())


tg.manual_seed(0)
model = Net()
loss = model(tg.randn(4, 2)).mean()
loss.backward()
