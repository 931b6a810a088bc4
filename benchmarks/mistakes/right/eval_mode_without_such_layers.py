"""eval() is called before training, but changes nothing: the model has no dropout and no batch norm.

resembles: train and eval
source: https://github.com/tk-rusch/coRNN/issues/1
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
X = tg.randn(64, 3)
y = X.prod(dim=1, keepdim=True)
model = nn.MLP([3, 16, 1]).eval()
loss_fn = nn.MSELoss()
opt = optim.Adam(model.parameters(), lr=0.02)
for step in range(30):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
