"""The loss compares predicted class numbers with the true ones, and argmax() has no gradient.

family: cut graph
source: https://github.com/LZGMatrix/BOP19_CDPN_2019ICCV/issues/4
outcome: raises RuntimeError
answer: argmax | does not require grad
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, y = data.blobs(90)
X, y = tg.tensor(X), tg.tensor(y)
model = nn.MLP([2, 16, 3])
loss_fn = nn.MSELoss()
opt = optim.Adam(model.parameters(), lr=0.01)
for step in range(10):
    loss = loss_fn(model(X).argmax(dim=1).float(), y.float())
    opt.zero_grad()
    loss.backward()
    opt.step()
