"""The last third of a table that is sorted by class is kept for validation: the last class is never trained on.

family: data and evaluation
source: https://github.com/keras-team/keras/issues/8346
outcome: runs
answer: validation
answer: sorted | shuffle* | class
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, train

tg.manual_seed(0)
X, y = data.load_iris()
order = y.argsort()
X, y = data.StandardScaler().fit_transform(X)[order], y[order]
model = nn.MLP([4, 16, 3])
history = train.fit(
    model, X, y, loss="categorical_crossentropy", metrics=["acc"], batch_size=16, epochs=5, validation=0.34, progress=False
)
