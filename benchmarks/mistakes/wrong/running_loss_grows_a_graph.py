"""The running loss is a sum of tensors, whose graph grows with every batch.

family: memory
source: https://github.com/BatsResearch/labelmodels/issues/4
outcome: runs
answer: item() | detach* | float(
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, y = data.moons(160)
loader = data.DataLoader(data.TensorDataset(tg.tensor(X), tg.tensor(y)), batch_size=8, shuffle=True)
model = nn.MLP([2, 16, 2])
loss_fn = nn.CrossEntropyLoss()
opt = optim.Adam(model.parameters(), lr=0.01)
running_loss = 0
for epoch in range(3):
    for inputs, labels in loader:
        loss = loss_fn(model(inputs), labels)
        opt.zero_grad()
        loss.backward()
        opt.step()
        running_loss += loss
