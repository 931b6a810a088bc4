"""eval() is called for validation, but train() is never called again: from the second epoch on, the model trains in eval mode.

family: train and eval
source: https://github.com/ThilinaRajapakse/simpletransformers/issues/941
outcome: runs
answer: train()
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, X_val, y, y_val = (tg.tensor(a) for a in data.train_test_split(*data.moons(120)))
model = nn.Sequential(nn.Linear(2, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Dropout(0.2), nn.Linear(16, 2))
loss_fn = nn.CrossEntropyLoss()
opt = optim.Adam(model.parameters(), lr=0.02)
for epoch in range(4):
    for step in range(8):
        loss = loss_fn(model(X), y)
        opt.zero_grad()
        loss.backward()
        opt.step()
    model.eval()
    with tg.no_grad():
        val_loss = loss_fn(model(X_val), y_val).item()
