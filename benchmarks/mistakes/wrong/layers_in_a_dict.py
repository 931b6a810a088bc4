"""The heads for two tasks are in a plain dict: they get gradients, but the optimizer does not have their parameters.

family: optimizer and parameters
source: https://github.com/pytorch/pytorch/issues/715
outcome: runs
answer: moduledict
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(4, 16)
        self.heads = {"sum": nn.Linear(16, 1), "product": nn.Linear(16, 1)}

    def forward(self, x, task):
        return self.heads[task](self.body(x).tanh())


tg.manual_seed(0)
X = tg.randn(64, 4)
targets = {"sum": X.sum(dim=1, keepdim=True), "product": X.prod(dim=1, keepdim=True)}
model = Net()
opt = optim.Adam(model.parameters(), lr=0.01)
for step in range(30):
    loss = sum((model(X, task) - y).square().mean() for task, y in targets.items())
    opt.zero_grad()
    loss.backward()
    opt.step()
