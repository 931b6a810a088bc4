"""Write fit.json: Keras 3's loss curves on small problems.

Run from the root of the checkout, in an environment with keras and jax:  python -m tests.oracles.make_fit
"""

import json
import os
from pathlib import Path

import numpy as np

os.environ.setdefault("KERAS_BACKEND", "jax")  # read when keras is imported

EPOCHS, ROWS, INPUTS, HIDDEN = 5, 200, 4, 8
LAST = {"mse": (1, "linear"), "binary_crossentropy": (1, "sigmoid"), "categorical_crossentropy": (3, "softmax")}
"""loss -> (outputs, last activation), as in Keras's tutorials."""

CASES = [
    (loss, optimizer, batch_size)
    for loss in LAST
    for optimizer, batch_size in (("adam", 32), ("sgd", 32), ("rmsprop", 1), ("adam", ROWS))
]


def label(case):
    return " ".join(map(str, case))


def problem(loss):
    """X [200, 4], targets (numbers [200, 1], 0/1 [200] or one-hot [200, 3]), and initial weights [in, out] and biases."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(ROWS, INPUTS)).astype(np.float32)
    score = X @ np.array([1.0, -2.0, 0.5, 0.0], np.float32)
    outputs, _ = LAST[loss]
    if loss == "mse":
        y = np.sin(score)[:, None]
    elif loss == "binary_crossentropy":
        y = (score > 0).astype(np.float32)
    else:
        y = np.eye(3, dtype=np.float32)[np.digitize(score, [-1, 1])]
    sizes = [(INPUTS, HIDDEN), (HIDDEN, outputs)]
    weights = [a for i, o in sizes for a in (rng.normal(size=(i, o)).astype(np.float32) / np.sqrt(i), np.zeros(o, np.float32))]
    return X, y, [a.astype(np.float32) for a in weights]


def with_keras(case):
    """Each epoch's loss, and for classes its accuracy: on all rows, and on the first 50 as validation data."""
    import keras

    loss, optimizer, batch_size = case
    X, y, weights = problem(loss)
    outputs, activation = LAST[loss]
    model = keras.Sequential([keras.layers.Dense(HIDDEN, "tanh"), keras.layers.Dense(outputs, activation)])
    model.build((None, INPUTS))
    model.set_weights(weights)
    metrics = [] if loss == "mse" else ["acc"]
    model.compile(loss=loss, optimizer=optimizer, metrics=metrics)
    validation = X[:50], y[:50]
    history = model.fit(X, y, batch_size, EPOCHS, verbose=0, shuffle=False, validation_data=validation).history
    return {name: [float(v) for v in values] for name, values in history.items()}


def main():
    curves = {label(case): with_keras(case) for case in CASES}
    path = Path(__file__).with_name("fit.json")
    path.write_text(json.dumps(curves, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
