"""fit() is called with plain descent and a learning rate that is far too large.

family: learning rate
source: https://github.com/CharlieDinh/pFedMe/issues/11
outcome: raises DivergedError
answer: learning rate | lr | diverg*
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim, train

tg.manual_seed(0)
X = 3 * tg.randn(128, 4)
y = X.sum(dim=1, keepdim=True) ** 2
model = nn.MLP([4, 32, 1])
history = train.fit(model, X, y, loss="mse", optimizer=lambda p: optim.SGD(p, lr=2.0), batch_size=16, epochs=5, progress=False)
