"""The gradient with respect to the input is part of the loss: create_graph=True, two backward passes.

resembles: graph used twice
"""

import tinygrad_edu as tg
from tinygrad_edu import autograd, nn, optim

tg.manual_seed(0)
X = tg.randn(32, 2)
y = (X[:, :1] > 0).float()
model = nn.MLP([2, 16, 1], activation="tanh")
loss_fn = nn.BCEWithLogitsLoss()
opt = optim.Adam(model.parameters(), lr=0.01)
for step in range(15):
    inputs = X.clone().requires_grad_()
    output = model(inputs)
    (slope,) = autograd.grad(output.sum(), (inputs,), create_graph=True)
    loss = loss_fn(output, y) + 0.1 * slope.square().sum(dim=1).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
