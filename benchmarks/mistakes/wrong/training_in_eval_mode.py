"""eval() is called before the training loop: dropout never drops anything, and batch norm never uses a batch's statistics.

family: train and eval
source: https://github.com/tk-rusch/coRNN/issues/1
outcome: runs
answer: train() | eval
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, y = data.load_iris()
X, y = tg.tensor(X), tg.tensor(y)
model = nn.Sequential(nn.Linear(4, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Dropout(0.3), nn.Linear(16, 3))
loss_fn = nn.CrossEntropyLoss()
opt = optim.Adam(model.parameters(), lr=0.02)
model.eval()
for step in range(30):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
