"""One block is applied three times in a row, as in a recurrent network: its weights are shared on purpose.

resembles: optimizer and parameters
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim


class Recursive(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.block, self.last = nn.Linear(2, 16), nn.Linear(16, 16), nn.Linear(16, 2)

    def forward(self, x):
        x = self.first(x)
        for _ in range(3):
            x = x + self.block(x).relu()
        return self.last(x)


tg.manual_seed(0)
X, y = data.moons(100)
X, y = tg.tensor(X), tg.tensor(y)
model = Recursive()
loss_fn = nn.CrossEntropyLoss()
opt = optim.Adam(model.parameters(), lr=0.01)
for step in range(30):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
