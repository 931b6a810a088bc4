"""The scaler is fitted on the training rows and applied to the test rows.

resembles: scaling
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, X_test, y, y_test = data.train_test_split(*data.load_wine())
scaler = data.StandardScaler()
X, X_test = tg.tensor(scaler.fit_transform(X)).float(), tg.tensor(scaler.transform(X_test)).float()
y, y_test = tg.tensor(y), tg.tensor(y_test)
model = nn.MLP([13, 16, 3])
loss_fn = nn.CrossEntropyLoss()
opt = optim.Adam(model.parameters(), lr=0.02)
for step in range(40):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
with tg.no_grad():
    accuracy = (model(X_test).argmax(dim=1) == y_test).float().mean().item()
