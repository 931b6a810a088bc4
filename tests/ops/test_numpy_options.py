"""NumPy's functions on Tensors, with their options: NumPy's result or an error, but never silently a different result."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg

rng = np.random.default_rng(0)
ARRAYS = [
    rng.normal(size=s) for s in [(), (1,), (3,), (2, 3), (3, 3), (3, 1), (1, 3), (2, 3, 4), (3, 3, 3), (0,), (0, 3), (2,) * 4]
]
ARRAYS += [
    np.array([1.0, np.nan, 3.0]),
    np.array([[np.inf, 2, np.nan], [1, -np.inf, 0.0]]),
    np.arange(9).reshape(3, 3) - 4,
    np.array([[True, False], [True, True]]),
    np.array([3, 1, 2], np.int32),
]
AXES = [None, 0, -1, 1, (0, 1), (0,), (-1, 0)]
REDUCTIONS = [
    np.sum, np.mean, np.prod, np.max, np.min, np.var, np.std, np.ptp, np.median, np.all, np.any, np.nansum,
    np.average, np.nanmean, np.nanmax, np.count_nonzero, np.linalg.norm,
]  # fmt: skip
ONE_AXIS: dict[str, Callable[[Any, Any], Any]] = {
    **{
        f.__name__: lambda x, a, f=f: f(x, axis=a)
        for f in (np.cumsum, np.cumprod, np.sort, np.flip, np.diff, np.squeeze, np.unique)
    },
    "repeat": lambda x, a: np.repeat(x, 2, axis=a),
    "repeat each": lambda x, a: np.repeat(x, np.arange(np.shape(x)[a or 0]), axis=a),
    "take": lambda x, a: np.take(x, [0, -1, 1], axis=a),
    "take clip": lambda x, a: np.take(x, [0, -1, 10], axis=a, mode="clip"),
    "take wrap": lambda x, a: np.take(x, [0, -1, 10], axis=a, mode="wrap"),
    "concatenate": lambda x, a: np.concatenate([x, x * 2], axis=a),
    "stack": lambda x, a: np.stack([x, x * 2], axis=a),
    "split at": lambda x, a: np.split(x, [1], axis=a),
    "split in 2": lambda x, a: np.split(x, 2, axis=a),
    "array_split in 2": lambda x, a: np.array_split(x, 2, axis=a),
    "max initial": lambda x, a: np.max(x, axis=a, initial=0),
    "sum initial": lambda x, a: np.sum(x, axis=a, initial=5),
    "diff prepend": lambda x, a: np.diff(x, axis=a, prepend=0),
    "expand_dims": lambda x, a: np.expand_dims(x, a),
    "roll": lambda x, a: np.roll(x, 1, axis=a),
    "add.reduce": lambda x, a: np.add.reduce(x, axis=a),
    "maximum.reduce": lambda x, a: np.maximum.reduce(x, axis=a),
    "multiply.reduce keepdims": lambda x, a: np.multiply.reduce(x, axis=a, keepdims=True),
}


def weights_of(kind: str, x: Any) -> Any:
    shape = np.shape(x)
    whole = np.arange(1.0, 1 + int(np.prod(shape))).reshape(shape)
    return {
        "whole": lambda: whole,
        "first": lambda: np.arange(1.0, 1 + shape[0]),
        "last": lambda: np.arange(1.0, 1 + shape[-1]),
        "list": lambda: list(range(1, 1 + shape[0])),
        "two axes": lambda: np.arange(1.0, 1 + shape[0] * shape[1]).reshape(shape[:2]),
        "zero": lambda: whole * 0,
    }[kind]()


CALLS: dict[str, Callable[[Any], Any]] = {
    **{
        f"{f.__name__} {a} {kept}": lambda x, f=f, a=a, kept=kept: f(x, axis=a, **kept)
        for f in REDUCTIONS
        for a in AXES
        for kept in ({}, {"keepdims": True})
    },
    **{f"var {a} {n}": lambda x, a=a, n=n: np.var(x, axis=a, ddof=n) for a in (None, 0) for n in (0, 1, 2)},
    **{f"{name} {a}": lambda x, f=f, a=a: f(x, a) for name, f in ONE_AXIS.items() for a in (None, 0, 1, -1)},
    **{
        f"average {kind} {a}": lambda x, kind=kind, a=a: np.average(x, axis=a, weights=weights_of(kind, x))
        for kind in ("whole", "first", "last", "list", "two axes", "zero")
        for a in AXES
    },
    "average returned": lambda x: np.average(x, axis=0, weights=np.ones(len(x)), returned=True),
    "average returned without weights": lambda x: np.average(x, returned=True),
    **{
        f"norm {p} {a}": lambda x, p=p, a=a: np.linalg.norm(x, p, a)
        for p in (0, 1, 2, -1, np.inf, -np.inf, 3, 0.5, "nuc")
        for a in AXES
    },
    **{
        f"pad {mode} {width}": lambda x, mode=mode, width=width: np.pad(x, width, mode=mode)
        for mode in ("constant", "edge", "reflect", "wrap")
        for width in (1, (1, 2))
    },
    **{f"{f.__name__} {order}": lambda x, f=f, order=order: f(x, order=order) for f in (np.ravel, np.copy) for order in "CFAK"},
    **{
        f"{f.__name__} {k}": lambda x, f=f, k=k: f(x, k)
        for f in (np.tril, np.triu, np.diag, np.trace, np.diagonal)
        for k in (-1, 0, 1)
    },
    **{f"round {n}": lambda x, n=n: np.round(x * 33.33, n) for n in (-1, 0, 2)},
    **{f"tensordot {axes}": lambda x, axes=axes: np.tensordot(x, x, axes=axes) for axes in (0, 1, 2, ([0], [0]), ([-1], [-1]))},
    "transpose": np.transpose,
    "transpose axes": lambda x: np.transpose(x, (1, 0)),
    "moveaxis": lambda x: np.moveaxis(x, (0, 1), (-1, 0)),
    "dot": lambda x: np.dot(x, x),
    "inner": lambda x: np.inner(x, x),
    "outer": lambda x: np.outer(x, x),
    "clip": lambda x: np.clip(x, None, 0.1),
    "nan_to_num": lambda x: np.nan_to_num(x, nan=1.0, posinf=2.0, neginf=3.0),
    "meshgrid": lambda x: np.meshgrid(x, x),
    "add where": lambda x: np.add(x, 1, where=True),
    "accumulate": np.add.accumulate,
}  # fmt: skip


def plain(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    return value.detach().numpy() if isinstance(value, tg.Tensor) else np.asarray(value)


def same(a: Any, b: Any) -> bool:
    if isinstance(a, list):
        return len(a) == len(b) and all(map(same, a, b))
    flat = a.ndim == 0 and b.shape == (1,)  # a running sum of a 0-d array is 0-d in PyTorch
    return (a.shape == b.shape or flat) and np.allclose(a, b, rtol=1e-6, atol=1e-9, equal_nan=True)


@pytest.mark.parametrize("name", CALLS)
def test_a_numpy_function_gives_numpys_result_or_an_error(name: str) -> None:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for x in ARRAYS:
            for requires_grad in (False, True):
                if requires_grad and x.dtype.kind != "f":
                    continue
                try:
                    got = plain(CALLS[name](tg.tensor(x, requires_grad=requires_grad)))
                except (TypeError, ValueError, RuntimeError, IndexError, ZeroDivisionError):
                    continue
                try:
                    expected = plain(CALLS[name](x))
                except Exception as error:
                    # only NumPy rejects an axis of a 0-d array, and the average over an empty axis
                    if not x.ndim or "division by zero" in str(error):
                        continue
                    raise
                assert same(got, expected), f"{x.dtype} {x.shape}, requires_grad={requires_grad}: {got} is not {expected}"


@pytest.mark.parametrize(
    ("axis", "weights"),
    [(0, [1.0, 3.0]), (1, [1.0, 2.0, 5.0]), (None, [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), ((1, 0), np.ones((3, 2)))],
)
def test_a_weighted_average_has_the_gradient_of_its_formula(axis: Any, weights: Any) -> None:
    x = rng.normal(size=(2, 3))
    a, w = tg.tensor(x, requires_grad=True), tg.tensor(np.array(weights), requires_grad=True)
    assert tg.autograd.gradcheck(lambda a, w: np.average(a, axis=axis, weights=w), (a, w), eps=1e-5, atol=1e-8, rtol=1e-6)
    np.testing.assert_allclose(np.average(a, axis=axis, weights=weights).detach(), np.average(x, axis=axis, weights=weights))


def test_weights_that_fit_no_axis_or_sum_to_zero_are_refused() -> None:
    t = tg.ones(2, 3, requires_grad=True)
    with pytest.raises(TypeError, match="axis must be specified when shapes of a and weights differ"):
        np.average(t, weights=[1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match=r"of its axis 0, \(2,\), got \(3,\)"):
        np.average(t, axis=0, weights=[1.0, 2.0, 3.0])
    with pytest.raises(ZeroDivisionError, match="sum to zero"):
        np.average(t, axis=0, weights=[1.0, -1.0])


def test_a_median_with_nan_is_nan_and_gradients_flow_elsewhere() -> None:
    t = tg.tensor([[1.0, float("nan"), 3.0], [5.0, 4.0, 6.0]], requires_grad=True)
    middle = np.median(t, axis=1)
    np.testing.assert_array_equal(middle.detach(), [np.nan, 5.0])
    middle[1].backward()
    np.testing.assert_array_equal(t.grad[1], [1, 0, 0])
