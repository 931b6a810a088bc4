"""The loss is put into a new tensor that requires a gradient: backward() runs, but reaches no weight.

family: cut graph
source: https://github.com/ronghuaiyang/arcface-pytorch/issues/56
outcome: runs
answer: no gradient | detach* | item() | new tensor | not connected | requires_grad
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
X = tg.randn(64, 3)
y = (X.sum(dim=1) > 0).long()
model = nn.MLP([3, 16, 2])
loss_fn = nn.CrossEntropyLoss()
opt = optim.Adam(model.parameters(), lr=0.01)
for step in range(30):
    loss = tg.tensor(loss_fn(model(X), y).item(), requires_grad=True)
    opt.zero_grad()
    loss.backward()
    opt.step()
