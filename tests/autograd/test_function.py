"""PyTorch's autograd.Function, and a user-defined primitive."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.autograd import Function, gradcheck, gradgradcheck, primitive
from tinygrad_edu.autograd.primitives import PRIMITIVES


class Exp(Function):
    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        y = x.exp()
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx: Any, g: Any) -> Any:
        (y,) = ctx.saved_tensors
        return g * y


class Affine(Function):
    @staticmethod
    def forward(ctx: Any, x: Any, w: Any, scale: float) -> Any:
        ctx.save_for_backward(x, w)
        ctx.scale = scale
        return scale * x * w

    @staticmethod
    def backward(ctx: Any, g: Any) -> Any:
        x, w = ctx.saved_tensors
        return (g * ctx.scale * w if ctx.needs_input_grad[0] else None), g * ctx.scale * x, None


class SinCos(Function):
    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        ctx.save_for_backward(x)
        return x.sin(), x.cos(), x.argmax()

    @staticmethod
    def backward(ctx: Any, gs: Any, gc_: Any, _: Any) -> Any:
        (x,) = ctx.saved_tensors
        return gs * x.cos() - gc_ * x.sin()


def leaf(*values: float) -> Any:
    return tg.tensor(np.array(values), requires_grad=True)


@pytest.mark.parametrize(
    ("function", "inputs"),
    [
        (Exp.apply, [leaf(0.5, -1.0)]),
        (lambda x, w: Affine.apply(x, w, 3.0), [leaf(0.5, -1.0), leaf(2.0, 0.3)]),
        (lambda x: SinCos.apply(x)[:2], [leaf(0.5, -1.0, 2.0)]),
        (lambda x: SinCos.apply(x)[1], [leaf(0.5, -1.0, 2.0)]),
    ],
)
def test_a_function_passes_gradcheck_to_second_order(function: Any, inputs: list[Any]) -> None:
    assert gradcheck(function, inputs, eps=1e-5, atol=1e-8, rtol=1e-6)
    assert gradgradcheck(function, inputs, eps=1e-5, atol=1e-8, rtol=1e-6)


def test_an_input_that_the_function_does_not_use_has_derivatives_of_zero() -> None:
    assert gradgradcheck(lambda x, unused: x * x, [leaf(1.0, 2.0), leaf(3.0)])


def test_arguments_that_are_not_tensors_or_have_no_gradient_are_passed_through() -> None:
    x, w = tg.tensor([1.0, 2.0]), leaf(3.0, 4.0)
    y = Affine.apply(x, w, 2.0)
    assert y.grad_fn.name().startswith("Affine")
    y.sum().backward()
    np.testing.assert_array_equal(w.grad, [2, 4])


@pytest.mark.parametrize("materialize", [True, False])
def test_the_gradient_of_an_unused_output_is_zeros_or_none(materialize: bool) -> None:
    class Twice(Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            ctx.set_materialize_grads(materialize)
            return x * 2, x * 3

        @staticmethod
        def backward(ctx: Any, g: Any, unused: Any) -> Any:
            given.append(unused)
            return g * 2

    given: list[Any] = []
    x = leaf(1.0, 2.0)
    Twice.apply(x)[0].sum().backward()
    np.testing.assert_array_equal(x.grad, [2, 2])
    if materialize:
        np.testing.assert_array_equal(given[0], [0, 0])
    else:
        assert given == [None]


def test_without_gradient_nothing_is_recorded() -> None:
    assert Exp.apply(tg.ones(2)).grad_fn is None
    with tg.no_grad():
        assert not Exp.apply(leaf(1.0)).requires_grad


def test_a_saved_output_creates_no_reference_cycle() -> None:
    gc.disable()
    try:
        x = leaf(1.0)
        y = Exp.apply(x)
        alive = weakref.ref(y)
        del y
        assert alive() is None
    finally:
        gc.enable()


def test_a_saved_tensor_that_changed_raises() -> None:
    x, w = leaf(1.0), leaf(2.0)
    y = Affine.apply(x, w, 1.0)
    with tg.no_grad():
        x += 1.0
    with pytest.raises(RuntimeError, match="modified by an inplace operation: Affine saved"):
        y.backward()


def test_errors_for_wrong_backward_functions_say_what_is_wrong() -> None:
    class TooMany(Exp):
        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            return g, g

    class NoTensor(Exp):
        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            return 1.0

    class Saver(Exp):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            ctx.save_for_backward(3)

    with pytest.raises(RuntimeError, match=r"TooManyBackward returned an incorrect number of gradients \(expected 1, got 2\)"):
        TooMany.apply(leaf(1.0)).backward()
    with pytest.raises(TypeError, match="expected Tensors or None, got float"):
        NoTensor.apply(leaf(1.0)).backward()
    with pytest.raises(TypeError, match="can only save tensors, got int"):
        Saver.apply(leaf(1.0))
    with pytest.raises(NotImplementedError, match="forward"):
        Function.apply(leaf(1.0))


def test_a_user_defined_op_takes_six_lines_and_passes_gradgradcheck() -> None:
    @primitive
    def my_log1p_square(x: Any, *, scale: float = 1.0) -> Any:
        return scale * np.log1p(x * x)

    @my_log1p_square.vjp
    def _(g: Any, y: Any, x: Any, *, scale: float = 1.0) -> Any:
        return g * scale * 2 * x / (1 + x * x)

    try:
        assert gradgradcheck(lambda x: my_log1p_square(x, scale=0.3), leaf(0.5, -2.0), eps=1e-5, atol=1e-8, rtol=1e-6)
    finally:
        PRIMITIVES.pop("my_log1p_square")
