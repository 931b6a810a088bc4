"""Write keras_words.json: Keras 3's results with its keyword arguments, labels and metrics.

Run from the root of the checkout, in an environment with keras and jax:  python -m tests.oracles.make_keras_words
"""

import json
import os
from pathlib import Path

import numpy as np

os.environ.setdefault("KERAS_BACKEND", "jax")  # read when keras is imported

ROWS, INPUTS, HIDDEN = 100, 4, 6
BINARY, CLASSES, NUMBERS = "binary_crossentropy", "categorical_crossentropy", "mse"
SPARSE = "sparse_categorical_crossentropy"
LAST = {BINARY: (1, "sigmoid"), CLASSES: (3, "softmax"), SPARSE: (3, "softmax"), NUMBERS: (1, "linear")}

rng = np.random.default_rng(1)
X = rng.normal(size=(ROWS, INPUTS)).astype(np.float32)
SCORE = X @ np.array([1.0, -2.0, 0.5, 0.0], np.float32)
LABELS = np.digitize(SCORE, [-1, 1])
WEIGHTS = rng.uniform(0, 3, ROWS).astype(np.float32)
TARGET = {
    BINARY: (SCORE > 0).astype(np.float32)[:, None],
    CLASSES: np.eye(3, dtype=np.float32)[LABELS],
    SPARSE: LABELS,
    NUMBERS: np.sin(SCORE)[:, None],
}

CASES = {  # name: (loss, X, y, keyword arguments of fit, metrics)
    "validation_split": (NUMBERS, X, TARGET[NUMBERS], {"validation_split": 0.25}, ["mae"]),
    "validation_data": (NUMBERS, X, TARGET[NUMBERS], {"validation_data": (X[:20], TARGET[NUMBERS][:20])}, ["mse"]),
    "validation_data with weights": (
        NUMBERS, X, TARGET[NUMBERS], {"validation_data": (X[:20], TARGET[NUMBERS][:20], WEIGHTS[:20])}, []
    ),
    "verbose": (NUMBERS, X, TARGET[NUMBERS], {"verbose": 0}, []),
    "sample_weight": (NUMBERS, X, TARGET[NUMBERS], {"sample_weight": WEIGHTS}, []),
    "sample_weight and a split": (
        NUMBERS, X, TARGET[NUMBERS], {"sample_weight": WEIGHTS, "validation_split": 0.3}, []
    ),
    "sample_weight of two classes": (BINARY, X, TARGET[BINARY], {"sample_weight": WEIGHTS}, ["acc"]),
    "sample_weight of classes": (CLASSES, X, TARGET[CLASSES], {"sample_weight": WEIGHTS}, ["acc"]),
    "sample_weight of class numbers": (SPARSE, X, TARGET[SPARSE], {"sample_weight": WEIGHTS}, ["acc"]),
    "class_weight": (BINARY, X, TARGET[BINARY], {"class_weight": {0: 1.0, 1: 4.0}}, ["acc"]),
    "class_weight of one-hot rows": (CLASSES, X, TARGET[CLASSES], {"class_weight": {0: 1.0, 1: 0.5, 2: 3.0}}, []),
    "class_weight of class numbers": (SPARSE, X, TARGET[SPARSE], {"class_weight": {0: 2.0, 2: 3.0}}, []),
    "initial_epoch": (NUMBERS, X, TARGET[NUMBERS], {"initial_epoch": 2, "epochs": 4}, []),
    "steps_per_epoch": (NUMBERS, X, TARGET[NUMBERS], {"steps_per_epoch": 2, "epochs": 2, "batch_size": 25}, []),
    "whole numbers": (NUMBERS, np.round(X * 3).astype(np.int64), TARGET[NUMBERS], {}, []),
    "booleans": (BINARY, X > 0, TARGET[BINARY], {}, ["acc"]),
    "labels (N,)": (BINARY, X, TARGET[BINARY][:, 0], {}, ["acc"]),
    "labels of whole numbers": (BINARY, X, TARGET[BINARY].astype(np.int64), {}, ["acc"]),
    "labels of booleans": (BINARY, X, TARGET[BINARY] > 0.5, {}, []),
    "class numbers (N, 1)": (SPARSE, X, LABELS[:, None], {}, ["acc"]),
    "class numbers as floats": (SPARSE, X, LABELS.astype(np.float32), {}, ["acc"]),
    "class numbers (N, 1) as floats": (SPARSE, X, LABELS[:, None].astype(np.float64), {}, ["sparse_categorical_accuracy"]),
    "one-hot rows of whole numbers": (CLASSES, X, TARGET[CLASSES].astype(np.int64), {}, ["categorical_accuracy"]),
    "metrics of two classes": (
        BINARY, X, TARGET[BINARY], {"validation_split": 0.25}, ["precision", "Recall", "AUC", "binary_accuracy"]
    ),
    "metrics of classes": (
        CLASSES, X, TARGET[CLASSES], {"validation_split": 0.25},
        ["Precision", "recall", "auc", {"top_k_categorical_accuracy": 2}, {"F1Score": "macro"}],
    ),
    "metrics of class numbers": (SPARSE, X, LABELS, {}, [{"sparse_top_k_categorical_accuracy": 2}]),
    "metrics of numbers": (
        NUMBERS, X, TARGET[NUMBERS], {"validation_split": 0.25}, ["R2Score", "RootMeanSquaredError", "mae", "MeanSquaredError"]
    ),
}  # fmt: skip
NOISE = rng.normal(size=(ROWS, 1)).astype(np.float32)
CALLBACKS = {  # name: (a callback, its options); the targets are noise, so that the validation loss gets worse
    "ReduceLROnPlateau": ("ReduceLROnPlateau", {"monitor": "val_loss", "factor": 0.5, "patience": 1, "cooldown": 1}),
    "ReduceLROnPlateau with a floor": ("ReduceLROnPlateau", {"monitor": "val_loss", "patience": 2, "min_lr": 0.05}),
    "EarlyStopping": ("EarlyStopping", {"monitor": "val_loss", "patience": 2, "restore_best_weights": True}),
}
EPOCHS = 3


def first_weights(loss):
    """The initial weights [in, out] and biases."""
    draw = np.random.default_rng(2)
    sizes = [(INPUTS, HIDDEN), (HIDDEN, LAST[loss][0])]
    return [a.astype(np.float32) for i, o in sizes for a in (draw.normal(size=(i, o)) / np.sqrt(i), np.zeros(o))]


def _model(keras, loss):
    model = keras.Sequential([keras.layers.Dense(HIDDEN, "tanh"), keras.layers.Dense(*LAST[loss])])
    model.build((None, INPUTS))
    model.set_weights(first_weights(loss))
    return model


def _metric(keras, metric):
    if isinstance(metric, str):
        return metric
    ((name, option),) = metric.items()
    if name == "F1Score":
        return keras.metrics.F1Score(average=option, name=name)
    kind = keras.metrics.SparseTopKCategoricalAccuracy if name.startswith("sparse") else keras.metrics.TopKCategoricalAccuracy
    return kind(k=option, name=name)


def with_keras(name):
    """The history of one case; for a callback, also the result of evaluate() afterwards."""
    import keras

    if name in CALLBACKS:
        kind, options = CALLBACKS[name]
        model = _model(keras, NUMBERS)
        model.compile(loss=NUMBERS, optimizer=keras.optimizers.SGD(0.4))
        held = X[:30], NOISE[:30]
        history = model.fit(
            X[30:], NOISE[30:], 16, 15, verbose=0, shuffle=False, validation_data=held,
            callbacks=[getattr(keras.callbacks, kind)(**options)],
        )  # fmt: skip
        return {**_plain(history.history), "after": float(model.evaluate(*held, verbose=0))}
    loss, inputs, targets, words, metrics = CASES[name]
    model = _model(keras, loss)
    model.compile(loss=loss, optimizer="adam", metrics=[_metric(keras, m) for m in metrics])
    words = {"epochs": EPOCHS, "batch_size": 32, "verbose": 0, "shuffle": False, **words}
    return _plain(model.fit(inputs, targets, **words).history)


def _plain(history):
    return {name: [float(np.asarray(v)) for v in values] for name, values in history.items()}


def main():
    found = {name: with_keras(name) for name in (*CASES, *CALLBACKS)}
    path = Path(__file__).with_name("keras_words.json")
    path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
