"""Ways in which a gradient could be silently wrong; each must give the right gradient or raise."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable
from pickle import dumps, loads
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.autograd import grad, primitive
from tinygrad_edu.autograd.primitives import PRIMITIVES
from tinygrad_edu.nn.functional import cross_entropy


def leaf(*values: Any) -> tg.Tensor:
    return tg.tensor(np.array(values, float), requires_grad=True)


# --- backward() uses the values that the forward pass saw ---


def test_an_input_of_an_op_with_many_inputs_is_watched() -> None:
    a, b = leaf(1.0, 2.0), tg.tensor([3.0, 4.0])
    y = tg.einsum("i,i->", a, b)
    b += 100.0
    with pytest.raises(RuntimeError, match="inplace"):
        y.backward()


@pytest.mark.parametrize(
    ("use", "expected"),
    [
        (lambda x, i: x[i], [1.0, 1.0, 0.0]),
        (lambda x, i: tg.take(x, i), [1.0, 1.0, 0.0]),
        (lambda x, i: tg.index_select(x, 0, i), [1.0, 1.0, 0.0]),
        (lambda x, i: tg.gather(x, 0, i), [1.0, 1.0, 0.0]),
    ],
)
def test_an_index_that_changes_later_does_not_change_the_gradient(use: Callable[..., Any], expected: list[float]) -> None:
    x, i = leaf(1.0, 2.0, 3.0), tg.tensor([0, 1])
    y = use(x, i).sum()
    i += 1
    y.backward()
    assert np.allclose(x.grad, expected)


def test_a_mask_or_a_label_that_changes_later_does_not_change_the_gradient() -> None:
    x, mask = leaf(1.0, 2.0), tg.tensor([True, False])
    y = tg.where(mask, x, 0.0).sum() + x[mask].sum()
    mask[:] = False
    y.backward()
    assert np.allclose(x.grad, [2.0, 0.0])
    logits, target = tg.tensor([[0.0, 0.0]], requires_grad=True), tg.tensor([0])
    loss = cross_entropy(logits, target)
    target[0] = 1
    loss.backward()
    assert np.allclose(logits.grad, [[-0.5, 0.5]])


@pytest.mark.parametrize(
    "write",
    [
        lambda b: np.copyto(b, 9.0),
        lambda b: np.put(b, [0], 9.0),
        lambda b: np.fill_diagonal(b, 9.0),
        lambda b: np.add.at(b, (0, 0), 9.0),
        lambda b: np.add(b, 9.0, out=b),
        lambda b: np.real(b).mul_(3.0),
    ],
)
def test_numpy_functions_that_write_into_a_tensor_are_noticed(write: Callable[[Any], Any]) -> None:
    a, b = tg.ones(2, 2, requires_grad=True), tg.ones(2, 2)
    y = (a * b).sum()
    write(b)
    with pytest.raises(RuntimeError, match="inplace"):
        y.backward()


def test_assigning_data_shares_the_memory_and_its_mutation_clock() -> None:
    w, v = leaf(1.0, 2.0), tg.tensor(np.array([3.0, 4.0]))
    w.data = v
    y = (w * w).sum()
    v += 10.0
    with pytest.raises(RuntimeError, match="inplace"):
        y.backward()


def test_a_shallow_copy_shares_the_mutation_clock() -> None:
    w = leaf(1.0, 2.0)
    other = copy.copy(w)
    y = (w * w).sum()
    with tg.no_grad():
        other += 1.0
    with pytest.raises(RuntimeError, match="inplace"):
        y.backward()


def test_a_forward_function_that_returns_its_input_gives_a_view() -> None:
    same = primitive(lambda x: x, lambda g, y, x: g, name="same")
    try:
        x = leaf(1.0, 2.0)
        y = same(x)
        z = (y * y).sum()
        with tg.no_grad():
            x += 1.0
        with pytest.raises(RuntimeError, match="inplace"):
            z.backward()
    finally:
        del PRIMITIVES["same"]


# --- operands whose kind has no gradient ---

WITH_ANOTHER: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda x, a: x + a,
    "a *": lambda x, a: a * x,
    "/": lambda x, a: x / a,
    "**": lambda x, a: x**a,
    "@": lambda x, a: x @ a.T,
    "maximum": np.maximum,
    "where": lambda x, a: tg.where(x > 0, x, a),
    "cat": lambda x, a: tg.cat([x, a]),
    "stack": lambda x, a: np.stack([x, a]),
    "lerp": lambda x, a: tg.lerp(x, x, a),
    "outer": lambda x, a: tg.outer(x[0], a[0]),
    "linear": lambda x, a: tg.nn.functional.linear(a, x),
    "Linear": lambda x, a: tg.nn.Linear(2, 1)(a),
    "conv": lambda x, a: tg.conv1d(x[None], a[None]),
    "mse_loss": lambda x, a: tg.nn.functional.mse_loss(x, a),
    "bce": lambda x, a: tg.nn.functional.binary_cross_entropy_with_logits(x, a),
    "masked_fill": lambda x, a: x.masked_fill(x > 0, a[0, 0]),
    "mul_": lambda x, a: (x * 1).mul_(a),
    "+=": lambda x, a: x.detach().__iadd__(a),
    "x[0] =": lambda x, a: x.detach().__setitem__(0, a[0]),
    "copy_": lambda x, a: x.detach().copy_(a),
    "x.data =": lambda x, a: setattr(x, "data", a),
    "logical_and": lambda x, a: tg.logical_and(x, a.astype(object)),
}


@pytest.mark.parametrize("name", WITH_ANOTHER)
@pytest.mark.parametrize(
    "other",
    [np.array([[1j, 2.0]]), np.array([[1.5 + 0j, None]], object)[:, [0, 0]], np.ma.masked_array([[1.0, 2.0]], [[0, 1]])],
    ids=["complex", "objects", "masked"],
)
def test_an_array_of_a_kind_without_gradients_is_refused(name: str, other: Any) -> None:
    x = tg.tensor([[1.0, 2.0]], requires_grad=True)
    if isinstance(other, np.ma.MaskedArray) and name in ("masked_fill", "outer", "Linear"):
        pytest.skip("another error comes first, or no masked entry is used")
    with pytest.raises((TypeError, ValueError, RuntimeError), match=r"complex|object|masked array"):
        WITH_ANOTHER[name](x, other)
    assert x.tolist() == [[1, 2]]


MASKED = {  # functions and operators of NumPy's masked arrays, which take precedence over a Tensor's
    "*": lambda m, x: m * x,
    "+": lambda m, x: m + x,
    "-": lambda m, x: m - x,
    "/": lambda m, x: m / x,
    "**": lambda m, x: m**x,
    "//": lambda m, x: m // x,
    "*=": lambda m, x: m.__imul__(x),
    "m[0] =": lambda m, x: m.__setitem__(0, x[0]),
    "np.ma.add": lambda m, x: np.ma.add(m, x),
    "np.ma.log": lambda m, x: np.ma.log(x),
    "np.ma.where": lambda m, x: np.ma.where(m > 1, m, x),
    "np.ma.concatenate": lambda m, x: np.ma.concatenate([m, x]),
    "np.ma.masked": lambda m, x: np.ma.masked * x,
    "np.ma.array": lambda m, x: np.ma.array(x),
    "np.ma.sum": lambda m, x: np.ma.sum(x),
    "np.ma.stack": lambda m, x: np.ma.stack([m, x]),
    "np.ma.dot": lambda m, x: np.ma.dot(m, x),
    "np.ma.power": lambda m, x: np.ma.power(m, x),
    "np.ma.average": lambda m, x: np.ma.average(m, weights=x),
    "np.ma.maximum": lambda m, x: np.ma.maximum(m, x),
    "filled": lambda m, x: m.filled(x[0]),
}


@pytest.mark.parametrize("mask", [[0, 1, 0], [0, 0, 0]], ids=["masked", "nothing masked"])
@pytest.mark.parametrize("name", MASKED)
def test_a_masked_array_before_a_tensor_loses_no_gradient(name: str, mask: list[int]) -> None:
    m = np.ma.masked_array([1.0, 2.0, 3.0], mask)
    with pytest.raises(RuntimeError, match=r"masked array loses the gradient|Tensor that requires grad"):
        MASKED[name](m, leaf(1.0, 2.0, 3.0))
    x = tg.tensor([1.0, 2.0, 3.0])
    MASKED[name](m, x)  # allowed if there is no gradient to lose


# --- create_graph ---


def test_gradients_that_have_a_graph_do_not_alias_either() -> None:
    a, b, seed = leaf(1.0, 2.0), leaf(1.0, 2.0), tg.tensor(np.array([3.0, 4.0]))
    (a + b).backward(seed, create_graph=True)
    assert a.grad is not b.grad
    assert not np.shares_memory(a.grad._data, b.grad._data)  # type: ignore[union-attr]
    assert not np.shares_memory(a.grad._data, seed._data)  # type: ignore[union-attr]
    x = leaf(1.0, 2.0)
    x.sum().backward(create_graph=True)
    with tg.no_grad():
        x.grad.mul_(2.0)  # type: ignore[union-attr]
    assert np.allclose(x.grad.detach(), 2.0)  # type: ignore[union-attr]


def test_gradients_that_have_a_graph_have_the_dtype_of_their_leaf() -> None:
    w = tg.ones(2, requires_grad=True)
    y = (w * np.array([1.0, 2.0])).sum()
    assert grad(y, w, create_graph=True)[0].dtype == np.float32
    y.backward(create_graph=True)
    assert w.grad is not None
    assert w.grad.dtype == np.float32


# --- hooks, flags, threads ---


def test_grad_runs_the_hooks_of_leaves() -> None:
    x = leaf(1.0)
    x.register_hook(lambda g: 10 * g)
    assert np.allclose(grad((2 * x).sum(), x)[0], 20.0)


def test_a_parameter_that_was_frozen_in_the_forward_pass_gets_no_gradient_later() -> None:
    w, v = leaf(2.0), leaf(3.0)
    w.requires_grad_(False)
    loss = (w * v).sum()
    w.requires_grad_(True)
    loss.backward()
    assert w.grad is None
    assert np.allclose(v.grad, 2.0)
    (w * v).sum().backward()
    assert np.allclose(w.grad, 3.0)


def test_detach_in_place_cuts_a_result_from_then_on() -> None:
    x = leaf(1.0)
    y = x * 2
    z = y * 3
    assert y.detach_() is y
    assert y.is_leaf
    assert not y.requires_grad
    z.backward()
    assert np.allclose(x.grad, 6.0)


def test_set_grad_enabled_works_as_a_statement() -> None:
    tg.set_grad_enabled(False)
    try:
        assert not (leaf(1.0) * 2).requires_grad
    finally:
        tg.set_grad_enabled(True)
    assert (leaf(1.0) * 2).requires_grad
    with tg.set_grad_enabled(False):
        assert not tg.is_grad_enabled()
    assert tg.is_grad_enabled()


def test_no_grad_covers_the_body_of_a_generator_but_not_its_caller() -> None:
    @tg.no_grad()
    def values() -> Any:
        yield (leaf(1.0) * 2).requires_grad
        yield (leaf(1.0) * 2).requires_grad

    seen = [(inside, tg.is_grad_enabled()) for inside in values()]
    assert seen == [(False, True), (False, True)]


def test_no_gradient_is_lost_where_threads_share_a_leaf() -> None:
    w = tg.ones(50_000, requires_grad=True)

    def work() -> None:
        for _ in range(20):
            (w * 1.0).sum().backward()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert np.allclose(w.grad, 80.0)


# --- augmented assignment ---


@pytest.mark.parametrize("symbol", ["//=", "%=", "+=", "*="])
def test_augmented_assignment_without_a_graph_writes_in_place(symbol: str) -> None:
    x = before = tg.tensor([7.0, 8.0])
    apply = {"//=": type(x).__ifloordiv__, "%=": type(x).__imod__, "+=": type(x).__iadd__, "*=": type(x).__imul__}[symbol]
    x = apply(x, 3.0)
    assert x is before


def test_a_running_total_keeps_its_shape_and_dtype() -> None:
    total = tg.zeros(1)
    with pytest.raises(RuntimeError, match=r"output with shape \(1,\) doesn't match"):
        total += leaf(1.0, 2.0)
    total = tg.zeros(2)
    total += leaf(1.0, 2.0)
    assert total.dtype == np.float32
    assert total.requires_grad


# --- rules ---


def test_an_input_without_a_rule_gets_no_gradient() -> None:
    scale = primitive(lambda a, b: a * b, lambda g, y, a, b: g * b, None, name="scale")
    try:
        a, b = leaf(2.0), leaf(3.0)
        scale(a, b).sum().backward()
        assert np.allclose(a.grad, 3.0)
        assert b.grad is None
    finally:
        del PRIMITIVES["scale"]


def test_the_error_for_a_rule_that_returns_a_number_names_the_op() -> None:
    bad = primitive(lambda x: x * 2, lambda g, y, x: 2.0, name="bad")
    try:
        with pytest.raises(TypeError, match="the rule of bad returned float"):
            bad(leaf(1.0)).sum().backward()
    finally:
        del PRIMITIVES["bad"]


# --- pickling and assigning ---


def test_a_leaf_is_pickled_with_its_gradient_and_a_result_cannot_be_pickled() -> None:
    x = leaf(2.0)
    (x * x).sum().backward()
    twin = loads(dumps(x))
    assert np.allclose(twin.grad, 4.0)
    assert twin.requires_grad
    with pytest.raises(RuntimeError, match="only leaves can be pickled"):
        dumps(x * 2)


def test_a_gradient_of_another_dtype_is_refused() -> None:
    w = tg.ones(2, requires_grad=True)
    with pytest.raises(RuntimeError, match="dtype float64"):
        w.grad = tg.ones(2, dtype=np.float64)


def test_conversions_to_numbers_refuse_a_tensor_that_requires_grad() -> None:
    x = tg.tensor(2.0, requires_grad=True)
    for make in (lambda: tg.linspace(0, x, 3), lambda: tg.logspace(x, 3, 3), lambda: tg.arange(x), lambda: tg.full((2,), x)):
        with pytest.raises(RuntimeError, match=r"\(\) has no gradient, and its input requires grad: pass x.detach\(\)"):
            make()
    assert tg.linspace(0, x.detach(), 3).tolist() == [0.0, 1.0, 2.0]


def test_an_alpha_that_is_1_and_requires_grad_keeps_its_gradient() -> None:
    alpha = tg.tensor(1.0, requires_grad=True)
    tg.add(tg.ones(2), tg.tensor([3.0, 4.0]), alpha=alpha).sum().backward()
    assert alpha.grad.item() == 7.0  # type: ignore[union-attr]
