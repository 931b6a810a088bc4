"""Rules of optimizers and neighboring element-wise instructions as compiled loops agree with NumPy bit for bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.program import numba_printer

from .zoo import ALL, leaves, same, state

pytest.importorskip("numba", reason="numba is not installed")
RULES = [name for name in ALL if name.startswith("opt ")]


@pytest.mark.parametrize("name", RULES)
def test_a_rule_in_one_loop_agrees_with_numpy(name: str) -> None:
    trails = []
    for options in ({}, {"backend": "numba"}):
        tg.manual_seed(0)
        step, net, _, args = ALL[name]()
        run = tg.compile(step, strict=True, **options)
        trails.append([leaves(run(*args)) + state(net) for _ in range(4)])
    assert all(map(same, *trails))
    (program,) = run.programs.values()
    assert all(numba_printer.fused(u) is not None for u in program.updates)
    assert "def update(w_, g_" in run.source


MODELS = [
    "act LogSigmoid", "bn1", "gn", "CE weight", "manual", "gan", pytest.param("cnn", marks=pytest.mark.slow),
    pytest.param("LSTM", marks=pytest.mark.slow), pytest.param("mha", marks=pytest.mark.slow),
]  # fmt: skip


@pytest.mark.parametrize("name", MODELS)
def test_neighbors_in_one_loop_agree_with_numpy(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(numba_printer, "SIZES", range(1, 40_000))
    trails = []
    for backend in ("numpy", "numba"):
        tg.manual_seed(0)
        step, net, _, args = ALL[name]()
        run = tg.compile(step, strict=True, backend=backend)
        trails.append([leaves(run(*args)) + state(net) for _ in range(4)])
    assert all(map(same, *trails))
    assert "def loop(a0" in run.source


def test_an_element_that_is_read_at_another_place_ends_a_loop() -> None:
    def made() -> tuple[Any, tg.Tensor]:
        s = tg.tensor(np.random.default_rng(0).normal(size=(10, 10)).astype(np.float32))

        def step(x: tg.Tensor) -> tg.Tensor:
            with tg.no_grad():
                s.add_(s.T * x)
                s.mul_(0.5).sub_(s[:, :1])
                return s.maximum(s.T) + s

        return step, s

    trails = []
    for wrap in (lambda step: step, lambda step: tg.compile(step, strict=True, backend="numba")):
        step, s = made()
        run = wrap(step)
        trails.append([(run(tg.full((10, 10), 1.0 + n)).numpy().copy(), s.numpy().copy()) for n in range(4)])
    for eager, looped in zip(*trails, strict=True):
        np.testing.assert_array_equal(eager, looped)


def test_signs_of_zero_and_nans_agree_with_numpy() -> None:
    x = tg.tensor(np.resize([0.0, -0.0, np.nan, 1.0, -np.inf], 100).astype(np.float32))
    y = tg.tensor(np.resize([-0.0, 0.0, -1.0], 100).astype(np.float32))

    def step(x: tg.Tensor, y: tg.Tensor) -> tuple[tg.Tensor, ...]:
        with tg.no_grad():
            return tuple((z + 0.0) * 1.0 for z in (x.maximum(y), y.maximum(x), x.minimum(y), -x, x - y))

    run = tg.compile(step, strict=True, backend="numba")
    for _ in range(3):
        for a, b in zip(run(x, y), step(x, y), strict=True):
            np.testing.assert_array_equal(a.numpy(), b.numpy())
            same_sign = np.signbit(a.numpy()) == np.signbit(b.numpy())
            assert (same_sign | np.isnan(a.numpy())).all()


def test_an_unknown_backend_is_refused() -> None:
    with pytest.raises(ValueError, match="backend must be 'numpy' or 'numba', got 'cuda'"):
        tg.compile(lambda x: x, backend="cuda")
