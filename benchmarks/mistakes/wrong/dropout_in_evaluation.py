"""The test loss is computed with the model still in training mode: dropout makes it random and too high.

family: train and eval
source: https://github.com/udacity/deep-learning-v2-pytorch/issues/3
outcome: runs
answer: eval
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, X_test, y, y_test = (tg.tensor(a) for a in data.train_test_split(*data.moons(120)))
model = nn.Sequential(nn.Linear(2, 32), nn.ReLU(), nn.Dropout(0.5), nn.Linear(32, 2))
loss_fn = nn.CrossEntropyLoss()
opt = optim.Adam(model.parameters(), lr=0.02)
for step in range(30):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
with tg.no_grad():
    test_loss = loss_fn(model(X_test), y_test).item()
