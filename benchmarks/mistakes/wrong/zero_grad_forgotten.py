"""Nothing ever sets the gradients to zero: each step uses the sum of all gradients so far.

family: zero_grad
source: https://github.com/yastrebksv/TennisCourtDetector/issues/7
outcome: runs
answer: zero_grad
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
X = tg.randn(64, 3)
y = X @ tg.tensor([[1.0], [-2.0], [0.5]]) + 0.3

model = nn.Linear(3, 1)
loss_fn = nn.MSELoss()
opt = optim.SGD(model.parameters(), lr=0.05)
for step in range(40):
    loss = loss_fn(model(X), y)
    loss.backward()
    opt.step()
