"""One-hot rows of integers are given where class numbers are expected.

family: labels
source: https://github.com/pytorch/pytorch/issues/1258
outcome: raises RuntimeError
answer: one-hot | one hot | argmax | class number | class index | float
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, y = data.blobs(60)
X = tg.tensor(X)
Y = nn.functional.one_hot(tg.tensor(y), 3)
model = nn.Linear(2, 3)
loss_fn = nn.CrossEntropyLoss()
opt = optim.SGD(model.parameters(), lr=0.1)
for step in range(10):
    loss = loss_fn(model(X), Y)
    opt.zero_grad()
    loss.backward()
    opt.step()
