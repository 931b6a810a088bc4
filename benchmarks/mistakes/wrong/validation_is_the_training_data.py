"""The validation data are the training data: the validation curve can never show overfitting.

family: data and evaluation
source: https://github.com/se-sic/SPLConqueror/pull/16
outcome: runs
answer: validation
answer: same | training data | trained on
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, train

tg.manual_seed(0)
X, y = data.moons(100, noise=0.3)
model = nn.MLP([2, 32, 2])
history = train.fit(model, X, y, loss="categorical_crossentropy", metrics=["acc"], epochs=5, validation=(X, y), progress=False)
