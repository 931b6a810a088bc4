"""The validation rows were copied from the table, and then training used all of it.

family: data and evaluation
source: https://github.com/threaTrace-detector/threaTrace/issues/18
outcome: runs
answer: validation
answer: same | training | overlap* | trained on
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, train

tg.manual_seed(0)
X, y = data.circles(120)
X_val, y_val = X[80:].copy(), y[80:].copy()
model = nn.MLP([2, 32, 2])
history = train.fit(
    model, X, y, loss="categorical_crossentropy", metrics=["acc"], epochs=5, validation=(X_val, y_val), progress=False
)
