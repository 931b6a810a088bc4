"""Batch norm is trained with batches of one sample: there is nothing to average.

family: train and eval
source: https://github.com/wolny/pytorch-3dunet/issues/53
outcome: raises ValueError
answer: more than 1 value | more than one | one sample | batch size
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, y = data.moons(20)
loader = data.DataLoader(data.TensorDataset(tg.tensor(X), tg.tensor(y)), batch_size=1, shuffle=True)
model = nn.Sequential(nn.Linear(2, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 2))
loss_fn = nn.CrossEntropyLoss()
opt = optim.SGD(model.parameters(), lr=0.1)
for inputs, labels in loader:
    loss = loss_fn(model(inputs), labels)
    opt.zero_grad()
    loss.backward()
    opt.step()
