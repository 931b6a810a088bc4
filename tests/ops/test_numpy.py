"""NumPy's functions work on Tensors, and never lose a gradient silently."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg

x = np.array([[0.5, -1.0, 2.0], [1.5, 0.3, -0.7]])
p = np.abs(x) + 0.1  # positive
u = x / 4  # inside (−1, 1)
m = np.array([[2.0, 0.3], [0.1, 1.5]])
spd = m @ m.T

# name: (NumPy's function, its arguments and options); arrays of floats among the arguments become Tensors that require grad
DIFFERENTIABLE: dict[str, tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]] = {
    **{
        f.__name__: (f, (a,), {})
        for f, a in [
            (np.negative, x), (np.positive, x), (np.absolute, x), (np.square, x), (np.sqrt, p), (np.reciprocal, p),
            (np.exp, x), (np.exp2, x), (np.expm1, x), (np.log, p), (np.log2, p), (np.log10, p), (np.log1p, p),
            (np.sin, x), (np.cos, x), (np.tan, u), (np.arcsin, u), (np.arccos, u), (np.arctan, x), (np.sinh, x), (np.cosh, x),
            (np.tanh, x), (np.arcsinh, x), (np.arccosh, p + 1), (np.arctanh, u), (np.sign, x), (np.floor, x), (np.ceil, x),
            (np.trunc, x), (np.rint, x), (np.sum, x), (np.mean, x), (np.prod, x), (np.max, x), (np.min, x), (np.var, x),
            (np.std, x), (np.cumsum, x), (np.cumprod, x), (np.sort, x), (np.median, x), (np.ptp, x), (np.average, x),
            (np.ravel, x), (np.transpose, x), (np.flip, x), (np.fliplr, x), (np.flipud, x), (np.squeeze, x[:, None]),
            (np.diff, x),
            (np.copy, x), (np.atleast_1d, np.array(0.5)), (np.atleast_2d, x[0]), (np.diag, x[0]), (np.diagonal, x),
            (np.trace, x), (np.tril, x), (np.triu, x), (np.nan_to_num, x), (np.round, x), (np.linalg.inv, m),
            (np.linalg.det, m), (np.linalg.cholesky, spd), (np.linalg.norm, x),
        ]
    },
    **{
        f.__name__: (f, (a, b), {})
        for f, a, b in [
            (np.add, x, x[0]), (np.subtract, x, x[0]), (np.multiply, x, x[0]), (np.divide, x, p), (np.power, p, x),
            (np.floor_divide, x, p), (np.remainder, x, p), (np.fmod, x, p), (np.maximum, x, u), (np.minimum, x, u),
            (np.fmax, x, u), (np.fmin, x, u), (np.logaddexp, x, u), (np.arctan2, x, p), (np.hypot, x, p),
            (np.copysign, x, u), (np.matmul, x, x.T), (np.dot, x, x.T), (np.inner, x, x), (np.outer, x[0], x[1]),
            (np.kron, x, m), (np.tensordot, x, x), (np.linalg.solve, m, m),
        ]
    },
    "sum axis": (np.sum, (x,), {"axis": 0, "keepdims": True}),
    "mean axis": (np.mean, (x,), {"axis": 1}),
    "var ddof": (np.var, (x,), {"axis": 1, "ddof": 1}),
    "median axis": (np.median, (x,), {"axis": 1}),
    "cumsum axis": (np.cumsum, (x,), {"axis": 1}),
    "reshape": (np.reshape, (x, (3, 2)), {}),
    "expand_dims": (np.expand_dims, (x, 1), {}),
    "moveaxis": (np.moveaxis, (x, 0, 1), {}),
    "swapaxes": (np.swapaxes, (x, 0, 1), {}),
    "roll": (np.roll, (x, 2), {}),
    "tile": (np.tile, (x, (2, 1)), {}),
    "repeat": (np.repeat, (x, 2, 1), {}),
    "pad": (np.pad, (x, 1), {"mode": "edge"}),
    "broadcast_to": (np.broadcast_to, (x, (2, 2, 3)), {}),
    "take": (np.take, (x, [0, 2], 1), {}),
    "take_along_axis": (np.take_along_axis, (x, np.array([[0], [2]]), 1), {}),
    "clip": (np.clip, (x, -0.5, 1.0), {}),
    "clip a_min": (np.clip, (x,), {"a_min": -0.5, "a_max": 1.0}),
    "where": (np.where, (x > 0, x, u), {}),
    "concatenate": (np.concatenate, ([x, u],), {"axis": 1}),
    "stack": (np.stack, ([x, u],), {}),
    "hstack": (np.hstack, ([x, u],), {}),
    "vstack": (np.vstack, ([x, u],), {}),
    "einsum": (np.einsum, ("ij,kj->ik", x, u), {}),
    "matrix_power": (np.linalg.matrix_power, (m, 3), {}),
    "svd": (np.linalg.svd, (x,), {"compute_uv": False}),
}  # fmt: skip


def with_tensors(value: Any) -> Any:
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        return tg.tensor(value, requires_grad=True)
    return [with_tensors(v) for v in value] if isinstance(value, list) else value


@pytest.mark.parametrize("name", DIFFERENTIABLE)
def test_a_numpy_function_with_a_rule_keeps_value_and_graph(name: str) -> None:
    function, args, kwargs = DIFFERENTIABLE[name]
    y = function(*map(with_tensors, args), **kwargs)
    assert isinstance(y, tg.Tensor)
    assert y.grad_fn is not None
    expected = function(*args, **kwargs)
    assert y.shape == np.shape(expected)
    np.testing.assert_allclose(y.detach().numpy(), expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    "look",
    [
        lambda t, a: np.allclose(t, a),
        lambda t, a: np.array_equal(t, a),
        lambda t, a: np.testing.assert_allclose(t, a),
        lambda t, a: np.testing.assert_array_equal(t, a),
        lambda t, a: np.testing.assert_almost_equal(t, a),
        lambda t, a: np.argmax(t) == np.argmax(a),
        lambda t, a: np.argsort(t).tolist() == np.argsort(a).tolist(),
        lambda t, a: bool((np.isnan(t) == np.isnan(a)).all()),
        lambda t, a: bool((t == a).all()) and bool((a == t).all()) and not bool((a < t).any()),
        lambda t, a: np.shape(t) == np.shape(a) and np.size(t) == np.size(a),
        lambda t, a: np.isin(t, [2.0]).sum() == 1,
        lambda t, a: np.unique(t).size == np.unique(a).size,
        lambda t, a: np.count_nonzero(t) == np.count_nonzero(a),
        lambda t, a: np.histogram(t, 3)[0].tolist() == np.histogram(a, 3)[0].tolist(),
        *[lambda t, a, save=save: save(BytesIO(), t) for save in (np.save, np.savez, np.savez_compressed)],
    ],
)
def test_functions_that_only_inspect_work_on_tensors_that_require_grad(look: Any) -> None:
    leaf = tg.tensor(x, requires_grad=True)
    assert look(leaf, x) in (True, None)
    assert look(leaf + 0, x) in (True, None)


@pytest.mark.parametrize("function", [np.nanmean, np.percentile, np.linalg.eigvals, np.corrcoef, np.fft.fft, np.trapezoid])
def test_a_numpy_function_without_a_rule_works_without_gradient_and_is_refused_with_one(function: Any) -> None:
    args = (m, 50) if function is np.percentile else (m,)
    np.testing.assert_allclose(function(tg.tensor(m), *args[1:]), function(*args))
    with pytest.raises(TypeError, match=f"np.{function.__name__} has no gradient rule.*would be lost"):
        function(tg.tensor(m, requires_grad=True), *args[1:])


def test_asarray_of_a_tensor_that_requires_grad_is_refused() -> None:
    for convert in (np.asarray, np.array, lambda t: t.numpy()):
        with pytest.raises(RuntimeError, match="Can't call numpy"):
            convert(tg.ones(2, requires_grad=True))


def test_a_list_of_tensors_never_becomes_an_object_array() -> None:
    assert np.array([tg.tensor(1.0), tg.tensor(2.0)]).dtype == np.float32
    with pytest.raises(RuntimeError, match="requires grad"):
        np.array([tg.ones(1, requires_grad=True), tg.ones(1)])


def test_an_operator_accepts_arrays_and_numpy_numbers_on_either_side() -> None:
    t = tg.tensor([1.0, 2.0], requires_grad=True)
    a = np.array([3.0, 4.0], np.float32)
    for y, expected in [
        (a + t, [4, 6]), (t + a, [4, 6]), (a - t, [2, 2]), (a * t, [3, 8]), (a / t, [3, 2]), (a**t, [3, 16]), (a // t, [3, 2]),
        (a % t, [0, 0]), (a @ t, 11), (t @ a, 11), (np.float32(2) * t, [2, 4]), (np.float64(2) - t, [1, 0]), (2 - t, [1, 0]),
    ]:  # fmt: skip
        assert isinstance(y, tg.Tensor)
        assert y.requires_grad
        assert y.dtype == np.float32
        np.testing.assert_allclose(y, expected)


def test_adding_a_tensor_to_an_array_in_place_changes_the_array_or_raises() -> None:
    a = np.ones(2)
    before = a
    a += tg.tensor([1.0, 2.0])
    assert a is before
    np.testing.assert_array_equal(a, [2, 3])
    with pytest.raises(TypeError, match=r"np.add with out= .*gradient would be lost"):
        a += tg.ones(2, requires_grad=True)


def test_memory_is_shared_by_the_functions_that_promise_it() -> None:
    a = np.zeros(3, np.float32)
    t = tg.from_numpy(a)
    assert np.shares_memory(t.numpy(), a)
    assert np.shares_memory(t.detach().numpy(), a)
    assert np.shares_memory(np.from_dlpack(t), a)
    assert np.shares_memory(tg.from_dlpack(a).numpy(), a)
    assert not np.shares_memory(tg.tensor(a).numpy(), a)
    with pytest.raises(RuntimeError, match="requires grad"):
        tg.ones(1, requires_grad=True).__dlpack__()


def test_every_numpy_function_with_a_rule_is_in_the_table() -> None:
    from tinygrad_edu.autograd.primitives import NUMPY
    from tinygrad_edu.ops.loading import load_all

    load_all()
    tested = {function for function, _, _ in DIFFERENTIABLE.values()}
    differentiable = {f for f, ours in NUMPY.items() if hasattr(ours, "op") and any(ours.op.rules)}
    assert sorted(f.__name__ for f in differentiable - tested) == []


@pytest.mark.parametrize(
    "call",
    [
        lambda x: np.sum(x, where=[[True, False], [True, True]]),
        lambda x: np.sum(x, initial=5.0),
        lambda x: np.max(x, initial=10.0),
        lambda x: np.clip(x, a_min=2.0, a_max=3.0),
        lambda x: np.concatenate([x, x], axis=None),
        lambda x: np.cumsum(x, dtype=np.float64),
        lambda x: np.outer(x, x),
        lambda x: np.average(x, axis=0, weights=[1.0, 2.0]),
        lambda x: np.ravel(x, order="F"),
        lambda x: np.mean(x > 2),
    ],
)
def test_options_that_only_numpy_has_work_where_no_gradient_is_lost(call: Any) -> None:
    x = np.array([[1.0, 2.0], [3.0, 4.0]], np.float32)
    np.testing.assert_allclose(np.asarray(call(tg.tensor(x))), call(x))


def test_an_option_that_only_numpy_has_is_refused_where_a_gradient_would_be_lost() -> None:
    with pytest.raises(TypeError, match=r"np.sum with where= has no gradient rule"):
        np.sum(tg.ones(2, requires_grad=True), where=[True, False])
    with pytest.raises(TypeError, match=r"np.sum with where=, initial= has no gradient rule"):
        np.sum(tg.ones(2, requires_grad=True), where=[True, False], initial=1.0)


def test_a_call_that_numpy_cannot_do_either_raises_our_error() -> None:
    with pytest.raises(IndexError, match="Dimension out of range"):
        np.sum(tg.ones(2), axis=5)


def test_numbers_are_accepted_where_numpy_accepts_them() -> None:
    x = np.arange(3.0, dtype=np.float32)
    for function in (np.dot, np.inner, np.kron, np.outer):
        np.testing.assert_array_equal(function(tg.from_numpy(x), 2), function(x, 2))
