"""fit's keyword arguments, labels, metrics and callbacks give Keras's results (stored by tests/oracles/make_keras_words.py)."""

import json
from pathlib import Path

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn, optim, train

from ..oracles.make_keras_words import (
    CALLBACKS,
    CASES,
    EPOCHS,
    HIDDEN,
    INPUTS,
    LAST,
    NOISE,
    NUMBERS,
    X,
    first_weights,
)

STORED = json.loads(Path(__file__).parents[1].joinpath("oracles", "keras_words.json").read_text(encoding="utf-8"))
LAYERS = {"linear": nn.Identity, "sigmoid": nn.Sigmoid, "softmax": lambda: nn.Softmax(dim=1)}


def model_of(loss, logits=False):
    outputs, activation = LAST[loss]
    last = nn.Identity() if logits else LAYERS[activation]()
    model = nn.Sequential(nn.Linear(INPUTS, HIDDEN), nn.Tanh(), nn.Linear(HIDDEN, outputs), last)
    with tg.no_grad():
        for p, w in zip(model.parameters(), first_weights(loss), strict=True):
            p.copy_(tg.tensor(w.T.copy()))
    return model


def _metrics(metrics):
    made = {}
    for metric in metrics:
        if isinstance(metric, str):
            made[metric] = metric
        else:
            ((name, option),) = metric.items()
            made[name] = train.metrics.F1(option) if name == "F1Score" else train.metrics.TopK(option)
    return made


def with_fit(name, logits=False):
    if name in CALLBACKS:
        kind, options = CALLBACKS[name]
        model = model_of(NUMBERS)
        held = X[:30], NOISE[:30]
        history = train.fit(
            model, X[30:], NOISE[30:], optimizer=lambda p: optim.SGD(p, lr=0.4), batch_size=16, epochs=15,
            shuffle=False, validation_data=held, callbacks=[getattr(train, kind)(**options)], verbose=0,
        )  # fmt: skip
        return {**history.epochs, "learning_rate": history["lr"], "after": train.evaluate(model, *held)["loss"]}
    loss, inputs, targets, words, metrics = CASES[name]
    words = {"epochs": EPOCHS, "batch_size": 32, "verbose": 0, "shuffle": False, **words}
    return train.fit(model_of(loss, logits), inputs, targets, loss=loss, metrics=_metrics(metrics), **words).epochs


def assert_follows(found, numbers):
    for name, values in numbers.items():
        np.testing.assert_allclose(found[name], values, rtol=2e-5, atol=2e-6, err_msg=name)
    length = {len(values) for values in numbers.values() if isinstance(values, list)}
    assert {len(found["loss"])} == length


@pytest.mark.parametrize("name", [*CASES, *CALLBACKS])
def test_fit_gives_keras_numbers(name):
    assert_follows(with_fit(name), STORED[name])


@pytest.mark.parametrize(
    "name", [name for name in CASES if name.startswith(("metrics of", "sample_weight of", "class_weight"))]
)
def test_a_model_with_logits_agrees_with_one_with_probabilities(name):
    assert_follows(with_fit(name, logits=True), STORED[name])
