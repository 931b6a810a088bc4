"""Compiled steps that write in place compute the same numbers as eager steps, or `why` says why they are not compiled."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

Write = Callable[[Any, Any], Any]


def _set(key: Any, value: Any = None) -> Write:
    """The write h[key] = value, or h[key] = 3 · x[key] if no value is given."""

    def write(h: Any, x: Any) -> Any:
        h[key] = x[key] * 3 if value is None else value
        return h

    return write


def _through(view: Write, change: Write) -> Write:
    def write(h: Any, x: Any) -> Any:
        change(view(h, x), x)
        return h

    return write


WRITES: dict[str, Write] = {
    "a row": _set(0, 0.0),
    "an element": _set((0, 1), 5.0),
    "a row of a graph": _set(1),
    "an element of a graph": _set((1, 0)),
    "rows by number": _set([0, 2], 0.5),
    "a slice of columns": _set((slice(None), slice(1, None))),
    "all": _set(..., 2.0),
    "a new axis": _set((None, 1), 2.0),
    "where a mask says": lambda h, x: _set(h.detach() > 0, 0.0)(h, x),
    "+= in a row": lambda h, x: _through(lambda h, x: h[0], lambda v, x: v.__iadd__(x[0]))(h, x),
    "mul_ through a view": _through(lambda h, x: h[1], lambda v, x: v.mul_(2.0)),
    "copy_ through a column": _through(lambda h, x: h[:, 1], lambda v, x: v.copy_(x[:, 0])),
    "exp_ through t()": _through(lambda h, x: h.t(), lambda v, x: v.exp_()),
    "fill_ through an element": _through(lambda h, x: h[0, 0], lambda v, x: v.fill_(4.0)),
    "masked_fill_": lambda h, x: h.masked_fill_(x > 0, -1.0),
    "index_add_": lambda h, x: h.index_add_(0, tg.tensor([0, 0]), x[:2]),
    "scatter_": lambda h, x: h.scatter_(1, tg.tensor([[0], [1]]), 7.0),
    "add_ and relu_": lambda h, x: h.add_(x).relu_(),
    "into zeros": lambda h, x: _set((slice(None), 0), 0.5)(tg.zeros(4, 2) + h, x),
    "a step after another": lambda h, x: _set(1)(_set(0, 1.0)(h, x), x).add_(h),
    "a row after a clone": lambda h, x: _through(lambda h, x: h, lambda v, x: _set(0, 1.0)(v.detach(), x))(h, x),
    "through .data": lambda h, x: _set(0, 1.0)(h.data, x) + h,
}


def training(write: Write) -> SimpleNamespace:
    tg.manual_seed(0)
    net = nn.Linear(2, 2)
    opt = optim.SGD(net.parameters(), lr=0.1)

    def step(x: Any) -> Any:
        loss = (write(net(x) * 1.0, x) ** 2).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
        return loss

    return SimpleNamespace(net=net, step=step)


def batches() -> list[tg.Tensor]:
    rng = np.random.default_rng(0)
    return [tg.tensor(rng.normal(size=(4, 2)).astype(np.float32)) for _ in range(4)]


@pytest.mark.parametrize("name", WRITES)
def test_a_training_step_that_writes_in_place_equals_the_eager_one(name: str) -> None:
    eager, made = training(WRITES[name]), training(WRITES[name])
    step = tg.compile(made.step)
    for x in batches():
        expected = eager.step(x).item()  # first, so that nothing is imported while the step is recorded
        assert step(x).item() == expected
        for p, q in zip(made.net.parameters(), eager.net.parameters(), strict=True):
            np.testing.assert_array_equal(p.detach(), q.detach())
    assert step.why is None or "a fixed list of NumPy calls cannot follow" in step.why


@pytest.mark.parametrize("key", [0, (0,), -1, slice(0, 1), ..., (..., 0)])
def test_an_argument_and_a_state_may_be_written_to(key: Any) -> None:
    states = [tg.zeros(2), tg.zeros(2)]

    def into(state: tg.Tensor) -> Callable[[tg.Tensor], tg.Tensor]:
        def step(x: tg.Tensor) -> tg.Tensor:
            state[key] = x.sum()
            x[key] = 5.0
            return x + state

        return step

    compiled, eager = tg.compile(into(states[0])), into(states[1])
    for k in range(4):
        x, y = tg.tensor([1.0 + k, 2.0]), tg.tensor([1.0 + k, 2.0])
        assert compiled(x).tolist() == eager(y).tolist()
        assert x.tolist() == y.tolist()
        assert states[0].tolist() == states[1].tolist()
    assert compiled.why is None


@pytest.mark.parametrize("take", [lambda y: y.numpy(), lambda y: y.detach().numpy(), lambda y: np.asarray(y), np.from_dlpack])
def test_a_step_that_extracts_an_array_is_not_compiled_and_why_says_so(take: Callable[[Any], Any]) -> None:
    kept: list[Any] = []

    def step(x: tg.Tensor) -> tg.Tensor:
        y = x * 2
        kept.append(take(y))
        return y.sum()

    compiled = tg.compile(step)
    for k in range(3):
        assert compiled(tg.tensor([1.0 + k, 2.0])).item() == 2 * (3 + k)
        assert type(kept[k]) is np.ndarray
        assert kept[k].tolist() == [2.0 + 2 * k, 4.0]
    assert compiled.why is not None
    assert "reads the values" in compiled.why


def test_a_write_into_an_extracted_array_takes_effect() -> None:
    def step(x: tg.Tensor) -> tg.Tensor:
        y = x * 2
        y.numpy()[0] = 9.0
        return y

    compiled = tg.compile(step)
    assert [compiled(tg.tensor([k, 1.0])).tolist() for k in (1.0, 2.0, 3.0)] == [[9.0, 2.0]] * 3
    assert "numpy() reads the values of a tensor" in (compiled.why or "")


def test_a_program_that_fails_is_replaced_by_the_eager_step(monkeypatch: pytest.MonkeyPatch) -> None:
    def step(x: tg.Tensor) -> tg.Tensor:
        return x * 2

    compiled = tg.compile(step)
    x = tg.ones(2)
    compiled(x)
    (program,) = compiled.programs.values()

    def broken(arrays: Any) -> Any:
        raise TypeError("no such array")

    monkeypatch.setattr(program, "run", broken)
    assert compiled(x).tolist() == [2.0, 2.0]
    assert compiled.why == "the program failed (TypeError: no such array)"
    assert compiled(x).tolist() == [2.0, 2.0]
