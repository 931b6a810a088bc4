"""A sigmoid squeezes the class scores into (0, 1) before CrossEntropyLoss, so the loss cannot become small.

family: activation before the loss
source: https://github.com/eriklindernoren/PyTorch-YOLOv3/issues/108
outcome: runs
answer: sigmoid
answer: *logits* | crossentropy* | cross_entropy
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, y = data.blobs(120)
X, y = tg.tensor(X), tg.tensor(y)
model = nn.MLP([2, 16, 3])
loss_fn = nn.CrossEntropyLoss()
opt = optim.Adam(model.parameters(), lr=0.01)
for step in range(40):
    loss = loss_fn(model(X).sigmoid(), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
