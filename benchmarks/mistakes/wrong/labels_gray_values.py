"""The masks contain the gray values 0 and 255 instead of the class numbers 0 and 1.

family: labels
source: https://github.com/milesial/Pytorch-UNet/issues/291
outcome: raises IndexError
answer: out of bounds | out of range | 255
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
images = tg.rand(4, 1, 6, 6)
masks = 255 * (images.squeeze(1) > 0.5).long()
model = nn.Conv2d(1, 2, 3, padding=1)
loss_fn = nn.CrossEntropyLoss()
opt = optim.SGD(model.parameters(), lr=0.1)
for step in range(5):
    loss = loss_fn(model(images), masks)
    opt.zero_grad()
    loss.backward()
    opt.step()
