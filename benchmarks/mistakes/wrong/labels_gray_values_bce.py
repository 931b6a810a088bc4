"""BCEWithLogitsLoss gets masks with the values 0 and 255 as targets, for which its loss has no lower bound.

family: labels
source: https://github.com/milesial/Pytorch-UNet/issues/176
outcome: raises ValueError
answer: between 0 and 1 | 0 and 1 | outside | 255 | negative
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
images = tg.rand(4, 1, 6, 6)
masks = 255 * (images > 0.5).float()
model = nn.Conv2d(1, 1, 3, padding=1)
loss_fn = nn.BCEWithLogitsLoss()
opt = optim.Adam(model.parameters(), lr=0.05)
for step in range(20):
    loss = loss_fn(model(images), masks)
    opt.zero_grad()
    loss.backward()
    opt.step()
