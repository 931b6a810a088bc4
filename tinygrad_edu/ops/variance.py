"""Variance and standard deviation."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from .._numbers import refuses_text
from ..autograd.accurate_sum import add_up
from ..autograd.errors import DtypeError
from ..autograd.node import raw
from ..autograd.primitives import implements, primitive
from .axes import normalize_axes, torch_names
from .norms import _root
from .reduction import _count, mean, over

if TYPE_CHECKING:
    from .._tensor import Tensor

__all__ = ["var", "std", "var_mean", "std_mean"]
METHODS = __all__
OUT = ["var", "std"]


@primitive
def _var(x, *, axis, keepdims, n, free):
    """Σ (x − mean)² / free; if `free` ≤ 0, the result is ∞, or nan for a constant x."""
    deviation = x - add_up(x, axis, True) / (n or math.nan)
    total = add_up(deviation * deviation, axis, keepdims)
    return total / free if free > 0 else np.where(total > 0, total + math.inf, total * math.nan)


@_var.vjp
def _(g, y, x, *, axis, keepdims, n, free):
    deviation = x - np.sum(x, axis=axis, keepdims=True) / (n or math.nan)
    slope = 2 / free * deviation if free > 0 else np.where(raw(deviation) == 0, math.nan, math.inf)
    return over(g, x.shape, axis, keepdims) * slope


def _variance(name, x, axis, unbiased, keepdims, correction):
    if x.dtype.kind != "f":
        raise DtypeError(f"{name}(): expected floating point, got {x.dtype}; use .float()")
    if isinstance(unbiased, str):
        raise TypeError(f"{name}(): unbiased must be True or False, got {unbiased!r} (str)")
    axes = normalize_axes(name, axis, x.ndim)
    n = _count(x, axes)
    if correction is None:
        correction = 1 if unbiased else 0
    return _var(x, axis=axes, keepdims=keepdims, n=n, free=n - correction)


@torch_names
@refuses_text("correction")
def var(x, axis=None, unbiased=True, keepdims=False, *, correction=None):
    """Variance: Σ (x − mean)² / (N − correction); correction defaults to 1 (unbiased, as in PyTorch), 0 if not `unbiased`.

    If N ≤ correction, the result is ∞, or nan for a constant x. np.var(t) uses ddof, with NumPy's default 0.

    >>> import tinygrad_edu as tg
    >>> tg.var(tg.tensor([1.0, 2.0, 3.0])), tg.var(tg.tensor([1.0, 2.0, 3.0]), unbiased=False)
    (tensor(1.), tensor(0.6667))
    """
    return _variance("var", x, axis, unbiased, keepdims, correction)


@torch_names
@refuses_text("correction")
def std(x, axis=None, unbiased=True, keepdims=False, *, correction=None):
    """Standard deviation: √var. Where it is 0, so is its gradient.

    >>> import tinygrad_edu as tg
    >>> tg.std(tg.tensor([1.0, 2.0, 3.0]))
    tensor(1.)
    """
    return _root(_variance("std", x, axis, unbiased, keepdims, correction), p=2)


@torch_names
@refuses_text("correction")
def var_mean(x, axis=None, unbiased=True, keepdims=False, *, correction=None) -> tuple[Tensor, Tensor]:
    """(var, mean) along `axis`."""
    return _variance("var_mean", x, axis, unbiased, keepdims, correction), mean(x, axis, keepdims)


@torch_names
@refuses_text("correction")
def std_mean(x, axis=None, unbiased=True, keepdims=False, *, correction=None) -> tuple[Tensor, Tensor]:
    """(std, mean) along `axis`."""
    return _root(_variance("std_mean", x, axis, unbiased, keepdims, correction), p=2), mean(x, axis, keepdims)


@implements(np.var)
def _numpy_var(a, axis=None, *, ddof=0, keepdims=False):
    return var(a, axis, keepdims=keepdims, correction=ddof)


@implements(np.std)
def _numpy_std(a, axis=None, *, ddof=0, keepdims=False):
    return std(a, axis, keepdims=keepdims, correction=ddof)
