"""A learnable scale is a tensor with requires_grad=True, but not an nn.Parameter: parameters() leaves it out.

family: optimizer and parameters
source: https://github.com/ACEsuit/mace/issues/525
outcome: runs
answer: nn.Parameter | Parameter(
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim


class Scaled(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(3, 1)
        self.scale = tg.ones(1, requires_grad=True)

    def forward(self, x):
        return self.scale * self.linear(x).tanh()


tg.manual_seed(0)
X = tg.randn(64, 3)
y = 5 * X.sum(dim=1, keepdim=True).tanh()
model = Scaled()
loss_fn = nn.MSELoss()
opt = optim.Adam(model.parameters(), lr=0.02)
for step in range(40):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
