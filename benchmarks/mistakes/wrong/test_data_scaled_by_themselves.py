"""The test rows of one class are standardized with their own statistics instead of those of the training rows.

family: data and evaluation
source: https://github.com/AIStream-Peelout/flow-forecast/issues/482
outcome: runs
answer: fit_transform | transform | own mean | training
answer: scaler | standard* | mean
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, X_test, y, y_test = data.train_test_split(*data.load_breast_cancer())
scaler = data.StandardScaler()
X = tg.tensor(scaler.fit_transform(X)).float()
X_test = tg.tensor(scaler.fit_transform(X_test[y_test == 0])).float()
y, y_test = tg.tensor(y), tg.tensor(y_test[y_test == 0])
model = nn.Linear(30, 2)
loss_fn = nn.CrossEntropyLoss()
opt = optim.Adam(model.parameters(), lr=0.05)
for step in range(30):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
with tg.no_grad():
    accuracy = (model(X_test).argmax(dim=1) == y_test).float().mean().item()
