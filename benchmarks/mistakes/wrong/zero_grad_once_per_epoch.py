"""The gradients are set to zero once per epoch, but there is a step for each batch: later batches use stale sums.

family: zero_grad
source: https://github.com/heartcored98/Standalone-DeepLearning/issues/11
outcome: runs
answer: zero_grad
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, y = data.moons(96)
loader = data.DataLoader(data.TensorDataset(tg.tensor(X), tg.tensor(y)), batch_size=16, shuffle=True)

model = nn.MLP([2, 16, 2])
loss_fn = nn.CrossEntropyLoss()
opt = optim.Adam(model.parameters(), lr=0.01)
for epoch in range(5):
    opt.zero_grad()
    for inputs, labels in loader:
        loss = loss_fn(model(inputs), labels)
        loss.backward()
        opt.step()
