"""forward() returns probabilities from softmax(); F.cross_entropy applies softmax to them again.

family: activation before the loss
source: https://github.com/MicrosoftDocs/ml-basics/issues/48
outcome: runs
answer: softmax
answer: *logits* | crossentropy* | cross_entropy
"""

import tinygrad_edu as tg
import tinygrad_edu.nn.functional as F
from tinygrad_edu import data, nn, optim


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden, self.out = nn.Linear(4, 12), nn.Linear(12, 3)

    def forward(self, x):
        return self.out(self.hidden(x).tanh()).softmax(dim=-1)


tg.manual_seed(0)
X, y = data.load_iris()
X = tg.tensor(data.StandardScaler().fit_transform(X))
y = tg.tensor(y)
model = Net()
opt = optim.Adam(model.parameters(), lr=0.02)
for step in range(40):
    loss = F.cross_entropy(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
