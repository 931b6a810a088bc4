"""Evaluation without eval(): the model has no dropout and no batch norm, so there is no difference.

resembles: train and eval
source: https://github.com/ugent-korea/pytorch-unet-segmentation/issues/18
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, X_test, y, y_test = (tg.tensor(a) for a in data.train_test_split(*data.moons(120)))
model = nn.MLP([2, 16, 2])
loss_fn = nn.CrossEntropyLoss()
opt = optim.Adam(model.parameters(), lr=0.02)
for step in range(30):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
with tg.no_grad():
    accuracy = (model(X_test).argmax(dim=1) == y_test).float().mean().item()
