"""fit() holds out a fifth of the rows, which are in random order, for validation.

resembles: data and evaluation
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, train

tg.manual_seed(0)
X, y = data.moons(150, noise=0.2)
model = nn.MLP([2, 16, 2])
history = train.fit(model, X, y, loss="categorical_crossentropy", metrics=["acc"], epochs=15, validation=0.2, progress=False)
