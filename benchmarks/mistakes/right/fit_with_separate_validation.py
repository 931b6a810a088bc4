"""fit() with validation rows that were split off first.

resembles: data and evaluation
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, train

tg.manual_seed(0)
X, X_val, y, y_val = data.train_test_split(*data.load_breast_cancer())
scaler = data.StandardScaler()
X, X_val = scaler.fit_transform(X), scaler.transform(X_val)
model = nn.MLP([30, 16, 2])
history = train.fit(
    model, X, y, loss="categorical_crossentropy", metrics=["acc"], epochs=3, validation=(X_val, y_val), progress=False
)
