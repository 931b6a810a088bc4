"""StepLR is stepped once per epoch, after the optimizer's steps.

resembles: schedules
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, y = data.moons(128)
loader = data.DataLoader(data.TensorDataset(tg.tensor(X), tg.tensor(y)), batch_size=16, shuffle=True)
model = nn.MLP([2, 16, 2])
loss_fn = nn.CrossEntropyLoss()
opt = optim.SGD(model.parameters(), lr=0.2)
schedule = optim.lr_scheduler.StepLR(opt, step_size=2, gamma=0.5)
for epoch in range(5):
    for inputs, labels in loader:
        loss = loss_fn(model(inputs), labels)
        opt.zero_grad()
        loss.backward()
        opt.step()
    schedule.step()
