"""Images come as (N, height, width, 3), but Conv2d expects the channels before height and width.

family: shapes
source: https://github.com/samuelyu2002/ImVisible/issues/2
outcome: raises RuntimeError
answer: channel*
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
images = tg.rand(4, 8, 8, 3)
labels = tg.randint(0, 2, (4,))
model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Flatten(), nn.LazyLinear(2))
loss_fn = nn.CrossEntropyLoss()
output = model(images)
opt = optim.SGD(model.parameters(), lr=0.1)
loss = loss_fn(output, labels)
loss.backward()
opt.step()
