"""fit(shuffle=False) is called on a table that is sorted by class.

family: data and evaluation
source: https://github.com/keras-team/keras/issues/3894
outcome: runs
answer: shuffle*
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, train

tg.manual_seed(0)
X, y = data.load_iris()
order = y.argsort()
X, y = data.StandardScaler().fit_transform(X)[order], y[order]
model = nn.MLP([4, 16, 3])
history = train.fit(
    model, X, y, loss="categorical_crossentropy", metrics=["acc"], batch_size=10, epochs=5, shuffle=False, progress=False
)
