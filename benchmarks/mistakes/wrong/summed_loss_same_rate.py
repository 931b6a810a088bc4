"""reduction="sum" multiplies the gradient by the number of samples; the learning rate was chosen for the mean.

family: learning rate
source: https://github.com/ai-safety-foundation/sparse_autoencoder/issues/63
outcome: runs
answer: sum | reduction | learning rate | lr | diverg*
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
X = tg.randn(256, 3)
y = X @ tg.tensor([[1.0], [-2.0], [0.5]])
model = nn.Linear(3, 1)
loss_fn = nn.MSELoss(reduction="sum")
opt = optim.SGD(model.parameters(), lr=0.1)
for step in range(40):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
