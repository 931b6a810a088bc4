"""view(N, -1) flattens images for a Linear layer and keeps the samples apart.

resembles: shapes
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
images = tg.rand(32, 1, 4, 4)
labels = (images.mean(dim=(1, 2, 3)) > 0.5).long()
model = nn.MLP([16, 16, 2])
loss_fn = nn.CrossEntropyLoss()
opt = optim.Adam(model.parameters(), lr=0.02)
for step in range(30):
    loss = loss_fn(model(images.view(32, -1)), labels)
    opt.zero_grad()
    loss.backward()
    opt.step()
