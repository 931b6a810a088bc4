"""Every primitive on each of its samples: value, purity, dtype, and derivatives of order 1 and 2."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.autograd import GradcheckError, gradcheck
from tinygrad_edu.autograd.node import raw
from tinygrad_edu.autograd.primitives import PRIMITIVES, primitive

from .references import REFERENCES
from .samples import SAMPLES, Sample

CASES = [pytest.param(name, s, id=f"{name}-{i}") for name, samples in SAMPLES.items() for i, s in enumerate(samples)]


def functions() -> dict[str, Any]:
    """name -> the recording function, for each primitive that the package defines."""
    modules = [importlib.import_module(f"tinygrad_edu.ops.{m.name}") for m in pkgutil.iter_modules(tg.ops.__path__)]
    return {value.op.name: value for module in modules for value in vars(module).values() if hasattr(value, "op")}


FUNCTIONS = functions()


def test_every_primitive_of_the_package_has_a_sample() -> None:
    assert sorted(set(FUNCTIONS) - set(SAMPLES)) == []
    assert sorted(set(SAMPLES) - set(FUNCTIONS)) == []


def is_float(x: Any) -> bool:
    return isinstance(x, np.ndarray) and x.dtype.kind == "f"


def is_numpys(name: str) -> bool:
    """Whether the forward function is NumPy's own: a ufunc, or the function that the primitive is named after."""
    forward = FUNCTIONS[name].op.forward
    return isinstance(forward, np.ufunc) or forward in (getattr(np, name, None), getattr(np.linalg, name, None))


def test_every_primitive_is_numpys_own_function_or_has_a_reference() -> None:
    assert {name for name in FUNCTIONS if not is_numpys(name)} == set(REFERENCES)


@pytest.mark.parametrize(("name", "s"), CASES)
def test_the_value_agrees_with_the_reference_and_inputs_do_not_change(name: str, s: Sample) -> None:
    function = FUNCTIONS[name]
    before = [np.array(x) for x in s.inputs]
    expected = REFERENCES.get(name, function.op.forward)(*s.inputs, **s.params)
    tensors = [tg.from_numpy(x) if is_float(x) else x for x in s.inputs]
    y = function(*tensors, **s.params)
    assert y.shape == np.shape(expected)
    np.testing.assert_allclose(y.numpy(), expected, rtol=1e-12, atol=1e-14)
    np.testing.assert_array_equal(function(*s.inputs, **s.params), y.numpy())  # arrays in, arrays out
    for x, copy in zip(s.inputs, before, strict=True):
        np.testing.assert_array_equal(x, copy)


def strided(a: np.ndarray) -> np.ndarray:
    """The same numbers in a view that runs backwards through every second element of a larger array."""
    spread = np.zeros(tuple(2 * n for n in a.shape), a.dtype)
    view = spread[(..., *(slice(None, None, -2) for _ in a.shape))]
    view[...] = a
    return view


@pytest.mark.parametrize(("name", "s"), CASES)
def test_strides_do_not_matter(name: str, s: Sample) -> None:
    if name == "cast":
        pytest.skip("its second array only names a dtype")
    answers = []
    for layout in (np.array, strided):
        inputs = [tg.from_numpy(layout(x)).requires_grad_() if is_float(x) else x for x in s.inputs]
        y = FUNCTIONS[name](*inputs, **s.params)
        y.backward(layout(np.linspace(0.5, 1.5, y.numel()).reshape(y.shape)))
        answers.append([y.detach(), *(x.grad for x in inputs if isinstance(x, tg.Tensor) and x.grad is not None)])
    for plain, backwards in zip(*answers, strict=True):
        np.testing.assert_allclose(backwards, plain, rtol=1e-12, atol=1e-12)


def check_derivatives(name: str, s: Sample, order: int = 2) -> bool:
    """Compare with finite differences, whose own error is below 1e-9 here."""
    inputs = [tg.tensor(x, requires_grad=True) if is_float(x) else x for x in s.inputs]
    return gradcheck(lambda *xs: FUNCTIONS[name](*xs, **s.params), inputs, order=order, eps=1e-5, atol=1e-8, rtol=1e-6)


@pytest.mark.parametrize(("name", "s"), CASES)
def test_derivatives_of_order_1_and_2_agree_with_finite_differences(name: str, s: Sample) -> None:
    assert check_derivatives(name, s)


FLAT = {  # rules that are 0 everywhere: those of steps, and of copysign's second input, of which only the sign counts
    *((name, 0) for name in ("sign", "floor", "ceil", "trunc", "rint", "floor_divide", "trunc_divide")),
    *((name, 1) for name in ("floor_divide", "trunc_divide", "copysign")),
}


def rules() -> Iterator[tuple[str, int]]:
    """(primitive, input) of every rule, and of every input of a joint rule that is checked."""
    for name, function in FUNCTIONS.items():
        if function.op.joint is None:
            yield from ((name, i) for i, rule in enumerate(function.op.rules) if rule is not None)
        else:
            yield from ((name, i) for s in SAMPLES[name] for i, x in enumerate(s.inputs) if is_float(x))


def off_by_a_thousandth(op: Any, i: int) -> dict[str, Any]:
    """The rules of a primitive, with that of input i multiplied by 1.001."""
    if op.joint is None:
        rule = op.rules[i]
        return {"rules": (*op.rules[:i], lambda *inputs, **params: rule(*inputs, **params) * 1.001, *op.rules[i + 1 :])}

    def joint(*inputs: Any, **params: Any) -> Any:
        return [part if k != i or part is None else part * 1.001 for k, part in enumerate(before(*inputs, **params))]

    before = op.joint
    return {"joint": joint}


@pytest.mark.parametrize(("name", "i"), sorted(set(rules()) - FLAT))
def test_a_rule_that_is_wrong_by_one_part_in_a_thousand_is_noticed(name: str, i: int, monkeypatch: pytest.MonkeyPatch) -> None:
    op = FUNCTIONS[name].op
    for attribute, wrong in off_by_a_thousandth(op, i).items():
        monkeypatch.setattr(op, attribute, wrong)
    checked = [s for s in SAMPLES[name] if any(map(is_float, s.inputs))]
    with pytest.raises(GradcheckError, match="derivative 1"):
        assert all(check_derivatives(name, s, order=1) for s in checked)


@pytest.mark.parametrize(("name", "s"), CASES)
def test_float32_in_gives_float32_out_and_float32_gradients(name: str, s: Sample) -> None:
    if name == "cast":
        pytest.skip("its purpose is another dtype")
    function = FUNCTIONS[name]
    inputs = [tg.tensor(x.astype(np.float32), requires_grad=True) if is_float(x) else x for x in s.inputs]
    y = function(*inputs, **s.params)
    assert y.dtype == np.float32
    y.backward(np.ones_like(y.detach().numpy()))
    for x in inputs:
        if isinstance(x, tg.Tensor) and x.grad is not None:
            assert x.grad.dtype == np.float32
            assert x.grad.shape == x.shape


@pytest.mark.parametrize("order", [1, 2])
def test_the_checker_notices_a_wrong_rule(order: int) -> None:
    # in the second case, the rule is right at order 1; only its derivative is wrong
    wrong = {
        1: primitive(lambda x: x * x, lambda g, y, x: g * x, name="wrong_first"),
        2: primitive(lambda x: x * x, lambda g, y, x: g * 2 * raw(x), name="wrong_second"),
    }[order]
    x = tg.tensor(np.array([0.5, -1.5]), requires_grad=True)
    if order == 2:
        assert gradcheck(wrong, x, order=1)
    with pytest.raises(GradcheckError, match=f"derivative {order}"):
        gradcheck(wrong, x, order=2)


@pytest.fixture(autouse=True)
def _forget_test_primitives() -> Any:
    yield
    for name in ("wrong_first", "wrong_second"):
        PRIMITIVES.pop(name, None)
