"""F.dropout follows the module's mode through training=self.training.

resembles: train and eval
"""

import tinygrad_edu as tg
import tinygrad_edu.nn.functional as F
from tinygrad_edu import data, nn, optim


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden, self.out = nn.Linear(2, 32), nn.Linear(32, 2)

    def forward(self, x):
        return self.out(F.dropout(self.hidden(x).relu(), 0.3, training=self.training))


tg.manual_seed(0)
X, X_test, y, y_test = (tg.tensor(a) for a in data.train_test_split(*data.moons(120)))
model = Net()
opt = optim.Adam(model.parameters(), lr=0.02)
for step in range(30):
    loss = F.cross_entropy(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
model.eval()
with tg.no_grad():
    accuracy = (model(X_test).argmax(dim=1) == y_test).float().mean().item()
