"""fit reproduces Keras's loss curves, with the same weights and order of batches (numbers from tests/oracles/make_fit.py)."""

import json
from pathlib import Path

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn, train

from ..oracles.make_fit import CASES, EPOCHS, HIDDEN, INPUTS, LAST, label, problem

STORED = json.loads(Path(__file__).parents[1].joinpath("oracles", "fit.json").read_text(encoding="utf-8"))
LAYERS = {"linear": nn.Identity, "sigmoid": nn.Sigmoid, "softmax": lambda: nn.Softmax(dim=1)}


def with_fit(case):
    loss, optimizer, batch_size = case
    X, y, weights = problem(loss)
    outputs, activation = LAST[loss]
    model = nn.Sequential(nn.Linear(INPUTS, HIDDEN), nn.Tanh(), nn.Linear(HIDDEN, outputs), LAYERS[activation]())
    with tg.no_grad():
        for p, w in zip(model.parameters(), weights, strict=True):
            p.copy_(tg.tensor(w.T.copy()))
    return train.fit(
        model, X, y, loss=loss, optimizer=optimizer, batch_size=batch_size, epochs=EPOCHS, shuffle=False,
        metrics=[] if loss == "mse" else ["acc"], validation=(X[:50], y[:50]), progress=False,
    )  # fmt: skip


def assert_follows(history, curves):
    for name, values in curves.items():
        np.testing.assert_allclose(history[name], values, rtol=1e-5, atol=1e-6, err_msg=name)


@pytest.mark.parametrize("case", CASES, ids=label)
def test_fit_gives_keras_curve(case):
    assert_follows(with_fit(case), STORED[label(case)])
