"""A schedule meant for epochs is stepped after every batch: the learning rate is practically zero in the second epoch.

family: schedules
source: https://github.com/Lightning-AI/pytorch-lightning/pull/92
outcome: runs
answer: epoch | learning rate | schedule*
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, y = data.moons(128)
loader = data.DataLoader(data.TensorDataset(tg.tensor(X), tg.tensor(y)), batch_size=8, shuffle=True)
model = nn.MLP([2, 16, 2])
loss_fn = nn.CrossEntropyLoss()
opt = optim.SGD(model.parameters(), lr=0.1)
schedule = optim.lr_scheduler.StepLR(opt, step_size=3, gamma=0.1)  # a tenth every three epochs
for epoch in range(6):
    for inputs, labels in loader:
        loss = loss_fn(model(inputs), labels)
        opt.zero_grad()
        loss.backward()
        opt.step()
        schedule.step()
