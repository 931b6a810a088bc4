"""CrossEntropyLoss on a model with a single output: the softmax of one number is always 1, so the loss is 0 from the start.

family: labels
source: https://github.com/ultralytics/yolov3/issues/191
outcome: runs
answer: one class | single class | one output | single output | bce | two classes
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, y = data.moons(100)
X, y = tg.tensor(X), tg.tensor(y).float().unsqueeze(1)
model = nn.MLP([2, 16, 1])
loss_fn = nn.CrossEntropyLoss()
opt = optim.Adam(model.parameters(), lr=0.01)
for step in range(30):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
