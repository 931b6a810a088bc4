"""view(-1, 4) flattens too little: 16 images of 8 numbers become 32 rows, which no longer match the 16 labels.

family: shapes
source: https://github.com/weka511/hpa-scc/issues/38
outcome: raises ValueError
answer: batch | shape
answer: 32
answer: 16
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
images = tg.rand(16, 2, 4)
labels = tg.randint(0, 3, (16,))
model = nn.MLP([4, 8, 3])
loss_fn = nn.CrossEntropyLoss()
opt = optim.SGD(model.parameters(), lr=0.1)
for step in range(10):
    loss = loss_fn(model(images.view(-1, 4)), labels)
    opt.zero_grad()
    loss.backward()
    opt.step()
