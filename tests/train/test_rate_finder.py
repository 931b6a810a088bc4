"""lr_find: its suggestion, the reason for it, and when it makes no suggestion."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim, train
from tinygrad_edu.train.rate_finder import RATES, RateCurve

rng = np.random.default_rng(0)
X = rng.normal(size=(64, 3)).astype(np.float32)
y = (X @ np.array([[1.0], [-2.0], [0.5]])).astype(np.float32)

FEW = RATES[12::2]


def find(model: Any = None, **options: Any) -> RateCurve:
    tg.manual_seed(0)
    model = model or nn.Linear(3, 1)
    return train.lr_find(model, X, y, **{"batch_size": 64, "steps": 20, "optimizer": optim.SGD, "rates": FEW, **options})


def test_the_curve_is_that_of_explicit_gradient_descent() -> None:
    tg.manual_seed(0)
    model = nn.Linear(3, 1)
    w0 = np.r_[model.weight.tolist()[0], model.bias.tolist()]
    A, found = np.c_[X, np.ones(64)].astype(np.float64), find(model.train())
    limit = 2 / np.linalg.eigvalsh(2 * A.T @ A / 64).max()
    for rate, loss in zip(found.rates, found.losses, strict=True):
        w = w0.copy()
        for _ in range(20):
            w -= rate * 2 * A.T @ (A @ w - y[:, 0]) / 64
        if rate < limit:
            assert loss == pytest.approx(np.mean((A @ w - y[:, 0]) ** 2), rel=1e-3, abs=1e-9)
        elif rate > 1.5 * limit:
            assert loss > found.start
    assert found.start == pytest.approx(np.mean((A @ w0 - y[:, 0]) ** 2), rel=1e-5)
    assert found.suggestion is not None
    assert limit / 20 < found.suggestion < limit


def test_the_model_its_mode_and_the_random_stream_do_not_change() -> None:
    model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Dropout(0.5), nn.Linear(4, 1)).eval()
    before = {name: t.numpy().copy() for name, t in model.state_dict().items()}
    tg.manual_seed(5)
    stream = tg.get_rng_state().numpy().copy()
    first, second = (train.lr_find(model, X, y, steps=10, rates=RATES[::4]) for _ in range(2))
    for name, t in model.state_dict().items():
        np.testing.assert_array_equal(t.numpy(), before[name])
    np.testing.assert_array_equal(tg.get_rng_state().numpy(), stream)
    assert first.losses == second.losses
    assert not model.training


@pytest.mark.parametrize(
    "optimizer",
    ["sgd", optim.SGD, lambda p: optim.SGD(p, lr=123.0), lambda p, lr: optim.SGD(p, lr=lr)],
    ids=["name", "class", "function of the parameters", "function of parameters and rate"],
)
def test_every_way_to_give_an_optimizer_gives_the_same_curve(optimizer: Any) -> None:
    assert find(optimizer=optimizer).losses == find(optimizer=optim.SGD).losses


def test_loaders_and_tables_are_accepted() -> None:
    loader = data.DataLoader(data.TensorDataset(X, y), batch_size=16)
    assert train.lr_find(nn.Linear(3, 1), loader, steps=20, optimizer="sgd", rates=FEW).suggestion is not None
    pd = pytest.importorskip("pandas", reason="pandas is not installed")
    table = find()
    tg.manual_seed(0)
    options = {"batch_size": 64, "steps": 20, "optimizer": optim.SGD, "rates": FEW}
    frame = train.lr_find(nn.Linear(3, 1), pd.DataFrame(X), pd.DataFrame(y), **options)
    assert frame.losses == table.losses


def curve(losses: list[float], start: float = 1.0) -> RateCurve:
    return RateCurve([10.0 ** (k - 5) for k in range(len(losses))], losses, start, 100)


@pytest.mark.parametrize(
    ("losses", "suggestion", "reason"),
    [
        ([1, 1, 0.5, 0.1, 0.6, math.inf], 1e-2, r"lowest at 0\.01: 0\.1, from 1; at 1 it does not decrease"),
        ([1, 0.5, 0.1, 0.1, 0.1, 0.6], 1e-2, r"lowest at 0\.001 to 0\.1"),
        ([1, 1, 0.99, 0.98, 1, 3], None, "no rate clearly reduced the loss of 1 in 100 steps"),
        ([1, 0.9, 0.8, 0.5, 0.3, 0.1], None, r"lowest at the largest rate that was tried, 1; pass rates that go further"),
        ([0.1, 0.5, 0.6, 1, 2, 3], None, "lowest at the smallest rate that was tried, 1e-05"),
        (
            [1, 0.1, 0.6, 0.7, 0.1, 3],
            None,
            r"rates near 0\.0001 and near 0\.1 are equally good, and those between them are not",
        ),
        ([math.inf] * 6, None, "no rate clearly reduced the loss"),
    ],
)
def test_the_suggestion_and_its_reason(losses: list[float], suggestion: float | None, reason: str) -> None:
    found = curve(losses)
    assert found.suggestion == (None if suggestion is None else pytest.approx(suggestion))
    assert re.search(reason, found.reason), found.reason
    assert ("no clear answer" in repr(found)) == (suggestion is None)


def test_there_is_no_suggestion_for_labels_that_do_not_depend_on_the_input() -> None:
    noise = rng.integers(0, 2, 64)
    found = train.lr_find(nn.Linear(3, 2), X * 0, noise, loss="categorical_crossentropy", steps=20, rates=FEW)
    assert found.suggestion is None


def test_the_curve_is_drawn() -> None:
    found = find()
    text = str(found.plot())
    assert "loss after 20 steps" in text
    assert f"suggestion {found.suggestion:.2g}" in text
    assert found._repr_svg_().startswith("<svg")
    assert "suggestion" not in str(curve([1, 1, 0.99, 0.98, 1, 3]).plot())


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"optimizer": optim.SGD([tg.ones(1, requires_grad=True)], lr=0.1)}, "each rate needs a new one"),
        ({"steps": 3}, "steps must be a whole number >= 10, got 3"),
        ({"rates": [0.1, 0.2]}, "rates must be at least 5 numbers above 0, in increasing order"),
        ({"rates": [0.1, 0.2, 0.3, 0.3, 0.4]}, "in increasing order"),
        ({"model": nn.Linear}, "lr_find: model must be an nn.Module, got the class Linear: call it"),
        ({"optimizer": "adamm"}, "adamm"),
    ],
)
def test_the_error_for_a_wrong_argument_says_what_to_do(options: Any, words: str) -> None:
    with pytest.raises((TypeError, ValueError), match=words):
        find(**options)
