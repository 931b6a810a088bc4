"""Comparisons and logic, mostly elementwise: the results are booleans or integers, without a gradient.

Most ops are defined by two parallel lists: NumPy's functions, and their names here.
"""

from __future__ import annotations

import inspect

import numpy as np

from .._numbers import refuses_text
from ..autograd.arrays import require_numbers
from ..autograd.node import raw
from ..autograd.primitives import NUMPY
from ..autograd.recording import integer_due
from .axes import no_gradient

__all__ = [
    "not_equal", "less", "less_equal", "greater", "greater_equal", "eq", "ne", "lt", "le", "gt", "ge", "bitwise_not",
    "isnan", "isinf", "isfinite", "signbit", "isclose", "allclose", "logical_and", "logical_or", "logical_xor",
    "logical_not", "bitwise_and", "bitwise_or", "bitwise_xor", "invert", "bitwise_left_shift", "bitwise_right_shift",
]  # fmt: skip
METHODS = [name for name in __all__ if name not in {"invert"}]
IN_PLACE = [name for name in METHODS if not name.startswith("is") and name not in {"signbit", "allclose"}]
OUT = [name for name in __all__ if name not in {"isnan", "isinf", "isfinite", "isclose", "allclose", "invert"}]

_COMPARISONS = (
    np.equal, np.not_equal, np.less, np.less_equal, np.greater, np.greater_equal,
    np.logical_and, np.logical_or, np.logical_xor, np.logical_not,
    np.bitwise_and, np.bitwise_or, np.bitwise_xor, np.invert, np.left_shift, np.right_shift,
    np.isnan, np.isinf, np.isfinite, np.signbit,
)  # fmt: skip


_SIGNATURES = {1: inspect.signature(lambda input: None), 2: inspect.signature(lambda input, other: None)}


def _without_gradient(ufunc):
    def forward(*inputs):
        answer = ufunc(*inputs)
        if answer.dtype.kind in "iu":
            return answer.astype(integer_due(answer.dtype, inputs), copy=False)
        return require_numbers(f"{ufunc.__name__}()", answer)  # logical_and of objects is an array of objects

    forward.__name__ = forward.__qualname__ = ufunc.__name__
    call = no_gradient(forward)
    call.__signature__ = _SIGNATURES[ufunc.nin]
    call.__doc__ = f"np.{ufunc.__name__}, elementwise; the result has no gradient."
    NUMPY[ufunc] = call
    return call


(
    equal, not_equal, less, less_equal, greater, greater_equal,
    logical_and, logical_or, logical_xor, logical_not,
    bitwise_and, bitwise_or, bitwise_xor, invert, bitwise_left_shift, bitwise_right_shift,
    isnan, isinf, isfinite, signbit,
) = map(_without_gradient, _COMPARISONS)  # fmt: skip


@no_gradient
@refuses_text("rtol", "atol")
def isclose(input, other, rtol=1e-5, atol=1e-8, equal_nan=False):
    """|input − other| ≤ atol + rtol · |other|, elementwise."""
    return np.asarray(np.isclose(input, other, rtol, atol, equal_nan))


@refuses_text("rtol", "atol")
def allclose(input, other, rtol=1e-5, atol=1e-8, equal_nan=False) -> bool:
    """Whether all elements are close: |input − other| ≤ atol + rtol · |other|."""
    return bool(np.allclose(raw(input), raw(other), rtol, atol, equal_nan))


eq, ne, lt, le, gt, ge, bitwise_not = equal, not_equal, less, less_equal, greater, greater_equal, invert


def same(input, other) -> bool:
    """Whether both have the same shape and the same elements: PyTorch's `equal`.

    >>> import tinygrad_edu as tg
    >>> tg.equal(tg.tensor([1, 2]), tg.tensor([1, 2]))
    True
    """
    return bool(np.array_equal(raw(input), raw(other)))


SPELLINGS = {"equal": same}  # PyTorch's `equal` returns a single boolean; NumPy's, above, compares elements
METHODS += SPELLINGS
