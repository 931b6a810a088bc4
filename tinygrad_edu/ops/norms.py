"""Norms: the length of a tensor regarded as a vector."""

from __future__ import annotations

import functools
import math

import numpy as np

from ..autograd.accurate_sum import add_up
from ..autograd.arrays import decide
from ..autograd.errors import DomainError, DtypeError
from ..autograd.node import raw
from ..autograd.primitives import primitive
from .axes import normalize_axes, torch_names
from .elementwise import absolute, where
from .extremes import amax, amin
from .reduction import _sum, over
from .shape import reshape

__all__ = ["norm", "dist"]
METHODS = __all__
OUT = ["norm"]


def _scale(x, axis, p=2):
    """The |x| with the largest |x|ᵖ along `axis`, or 1 where it is 0, ∞ or nan: |x / scale|ᵖ does not overflow."""
    most, start = (np.max, 0) if p > 0 else (np.min, math.inf)
    top = most(np.absolute(raw(x)), axis=axis, keepdims=True, initial=start)
    return np.where((top > 0) & (top < math.inf), top, np.ones((), x.dtype))


@functools.cache
def _least_root(dtype):
    """Where √Σx² exceeds this, it is accurate: squares that underflow are smaller than the rounding error of the sum."""
    limits = np.finfo(dtype)
    return float((limits.tiny / limits.eps) ** 0.5)


@primitive
def _norm(x, *, axis, keepdims):
    with np.errstate(over="ignore"):
        y = np.sqrt(add_up(x * x, axis, keepdims))
        if decide(((y > _least_root(x.dtype)) & (y < math.inf)).all()):
            return y
        scale = _scale(x, axis)  # some x² is too small or too large
        y = np.sqrt(add_up((x / scale) ** 2, axis, True)) * scale
    return y if keepdims else np.squeeze(y, axis)


@_norm.vjp
def _(g, y, x, *, axis, keepdims):
    y = over(y, x.shape, axis, keepdims)
    return over(g, x.shape, axis, keepdims) * np.where(y == 0, 0, x / np.where(y == 0, 1, y))


@primitive
def _root(x, *, p):
    return x ** (1 / p)


_root.vjp(lambda g, y, x, *, p: g * np.where(y == 0, 0, y / np.where(y == 0, 1, p * x)))  # at 0 the gradient is 0, not ∞


@torch_names
def norm(x, p=2, axis=None, keepdims=False, *, dtype=None):
    """The p-norm (Σ |x|ᵖ)^(1/p) over `axis`, all axes by default, correct even where |x|ᵖ would overflow.

    p = 2 or 'fro'  √Σx², the Euclidean (for a matrix, the Frobenius) norm
    p = ∞, −∞       the largest or smallest |x|
    p = 0           the number of nonzero x

    The gradient at 0, where the norm has a kink, is 0, as in PyTorch; so is the gradient for p = 0.

    >>> import tinygrad_edu as tg
    >>> tg.norm(tg.tensor([3.0, 4.0])), tg.norm(tg.tensor([[3.0, 4.0], [0.0, 1.0]]), dim=1)
    (tensor(5.), tensor([5., 1.]))
    """
    return p_norm("norm", x, p, axis, keepdims, dtype)


def p_norm(name, x, p, axis, keepdims, dtype=None):
    """The same as norm; error messages call the function `name`."""
    x = x if dtype is None else x.astype(dtype)
    if x.dtype.kind != "f":
        raise DtypeError(f"{name}(): expected floating point, got {x.dtype}; use .float()")
    axes = normalize_axes(name, axis, x.ndim)
    if p in (2, "fro", None):
        return _norm(x, axis=axes, keepdims=keepdims)
    if not isinstance(p, (int, float)):
        option = "ord" if name == "vector_norm" else "p"
        raise DomainError(f"{name}(): {option} must be a number, inf, -inf or 'fro', got {p!r}")
    size = absolute(x)
    if p == 0:
        return _sum(np.sign(where(np.isnan(raw(size)), 1, size)), axis=axes, keepdims=keepdims)  # nan is not 0
    if p == math.inf:
        return amax(size, axes, keepdims)
    if p == -math.inf:
        return amin(size, axes, keepdims)
    if p == 1:
        return _sum(size, axis=axes, keepdims=keepdims)
    scale = _scale(x, axes, p)
    powers = _nonzero_power(size / scale, p) if p < 1 else (size / scale) ** p
    y = _root(_sum(powers, axis=axes, keepdims=True), p=p) * scale
    return y if keepdims else reshape(y, tuple(n for i, n in enumerate(x.shape) if axes is not None and i not in axes))


def _nonzero_power(x, p):
    """xᵖ for p < 1; the slope at 0, which is ∞, is replaced by 0."""
    zero = raw(x) == 0
    return where(zero, 0 if p > 0 else math.inf, where(zero, 1, x) ** p)


def dist(input, other, p=2):
    """The p-norm of input − other, over all elements.

    >>> import tinygrad_edu as tg
    >>> tg.dist(tg.tensor([1.0, 1.0]), tg.tensor([4.0, 5.0]))
    tensor(5.)
    """
    return p_norm("dist", input - other, p, None, False)
