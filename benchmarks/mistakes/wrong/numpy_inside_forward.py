"""forward() converts to NumPy and back: the layer before it gets no gradient, and only the layer after it learns.

family: cut graph
source: https://github.com/Ugenteraan/Deep_Hierarchical_Classification/issues/6
outcome: runs
answer: no gradient | detach* | numpy | never reach | hidden
"""

import numpy as np

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden, self.out = nn.Linear(2, 16), nn.Linear(16, 2)

    def forward(self, x):
        h = np.tanh(self.hidden(x).detach().numpy())
        return self.out(tg.tensor(h))


tg.manual_seed(0)
X, y = data.moons(100)
X, y = tg.tensor(X), tg.tensor(y)
model = Net()
loss_fn = nn.CrossEntropyLoss()
opt = optim.Adam(model.parameters(), lr=0.02)
for step in range(30):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
