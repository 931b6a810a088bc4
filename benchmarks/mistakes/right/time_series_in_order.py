"""A forecast: the rows stay in order, and the last fifth of them is for validation, as it should be.

resembles: data and evaluation
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, train

tg.manual_seed(0)
series = tg.sin(0.3 * tg.arange(160).float()) + 0.1 * tg.randn(160)
X = tg.stack([series[k : k + 8] for k in range(150)])
y = tg.stack([series[k + 8 : k + 9] for k in range(150)])
model = nn.MLP([8, 16, 1])
history = train.fit(model, X, y, loss="mse", batch_size=16, epochs=20, validation=0.2, shuffle=False, progress=False)
