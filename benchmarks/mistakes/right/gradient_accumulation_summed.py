"""The gradients of an epoch's batches are summed; each loss is a sum divided by the total number of rows: full-batch descent.

resembles: zero_grad
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, y = data.linear(96)
loader = data.DataLoader(data.TensorDataset(tg.tensor(X), tg.tensor(y)), batch_size=16)
model = nn.Linear(1, 1)
loss_fn = nn.MSELoss(reduction="sum")
opt = optim.SGD(model.parameters(), lr=0.1)
for epoch in range(20):
    opt.zero_grad()
    for inputs, targets in loader:
        loss = loss_fn(model(inputs), targets) / len(X)
        loss.backward()
    opt.step()
