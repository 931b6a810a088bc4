"""Reductions over axes: sums, products, means and the like. Both `axis`/`keepdims` and `dim`/`keepdim` are accepted."""

from __future__ import annotations

import math

import numpy as np

from ..autograd import node
from ..autograd.accurate_sum import add_up
from ..autograd.errors import DivisionByZeroError, DtypeError, ShapeError
from ..autograd.node import FLOAT32, is_tensor, raw
from ..autograd.primitives import implements, primitive
from .axes import kept_shape, like, normalize_axes, normalize_axis, torch_names
from .cumulative import product_of_others
from .elementwise import where

__all__ = ["sum", "prod", "all", "mean", "any", "logsumexp", "nansum"]
METHODS = __all__
OUT = [name for name in __all__ if name not in {"nansum"}]


def over(g, shape, axis, keepdims):
    """Broadcast g, the gradient of a reduction over `axis`, back to `shape`."""
    return np.broadcast_to(g if keepdims else np.reshape(g, kept_shape(shape, axis)), shape)


# --- sum: adjoint of broadcast_to ---


@primitive
def _sum(x, *, axis, keepdims):
    y = add_up(x, axis, keepdims)
    return y.astype(np.int64) if x.dtype.kind == "u" else y


_sum.vjp(lambda g, y, x, *, axis, keepdims: over(g, x.shape, axis, keepdims))


@implements(np.sum)
@torch_names
def sum(x, axis=None, keepdims=False, *, dtype=None):
    """y = Σ x over `axis` (all axes by default). Integers and booleans are summed as int64.

    >>> import tinygrad_edu as tg
    >>> x = tg.tensor([[1.0, 2.0], [3.0, 4.0]])
    >>> tg.sum(x), tg.sum(x, dim=0)
    (tensor(10.), tensor([4., 6.]))
    """
    axes = normalize_axes("sum", axis, x.ndim)
    return _sum(x, axis=axes, keepdims=keepdims) if dtype is None else _in(dtype, x, _sum, axis=axes, keepdims=keepdims)


def _in(dtype, x, run, **params):
    """run(x), computed and returned in `dtype`."""
    return run(x.astype(dtype), **params).astype(dtype)


@torch_names
def nansum(x, axis=None, keepdims=False, *, dtype=None):
    """The sum over `axis` of the elements that are not nan.

    >>> import tinygrad_edu as tg
    >>> tg.nansum(tg.tensor([1.0, float("nan"), 2.0]))
    tensor(3.)
    """
    return sum(where(np.isnan(raw(x)), 0, x) if x.dtype.kind == "f" else x, axis, keepdims, dtype=dtype)


implements(np.nansum)(lambda a, axis=None, *, keepdims=False: nansum(a, axis, keepdims))


def _count(x, axes):
    return math.prod(x.shape) if axes is None else math.prod(x.shape[a] for a in axes)


@primitive
def _mean(x, *, axis, keepdims, n):
    return add_up(x, axis, keepdims) / (n or math.nan)


_mean.vjp(lambda g, y, x, *, axis, keepdims, n: over(g / (n or math.nan), x.shape, axis, keepdims))


@implements(np.mean)
@torch_names
def mean(x, axis=None, keepdims=False, *, dtype=None):
    """y = Σ x / N over `axis`, where N is the number of elements summed; nan if N = 0.

    >>> import tinygrad_edu as tg
    >>> tg.mean(tg.tensor([1.0, 2.0, 6.0]))
    tensor(3.)
    """
    if dtype is not None:
        x = x.astype(dtype)
    if x.dtype.kind != "f":
        raise DtypeError(
            "mean(): could not infer output dtype. Input dtype must be either a floating point or complex dtype. "
            f"Got: {x.dtype}; convert first, with x.float() or dtype="
        )
    axes = normalize_axes("mean", axis, x.ndim)
    return _mean(x, axis=axes, keepdims=keepdims, n=_count(x, axes))


@implements(np.average)
def _numpy_average(a, axis=None, weights=None, returned=False, *, keepdims=False):
    if weights is None:
        average = mean(a, axis, keepdims)
        if not returned:
            return average
        return average, like(average, np.full(average.shape, raw(a).size / (raw(average).size or 1), average.dtype))
    weights = _aligned(weights if is_tensor(weights) else np.asarray(weights), a, axis)
    total = sum(weights + np.zeros(a.shape, weights.dtype), axis, keepdims)  # broadcast to the shape of a
    if not np.all(raw(total)):
        raise DivisionByZeroError("average: Weights sum to zero, can't be normalized")
    average = sum(a * weights, axis, keepdims) / total
    return (average, total) if returned else average


def _aligned(weights, a, axis):
    """weights that broadcast to a: unchanged if they have its shape, else with size 1 in all axes but `axis`."""
    if weights.shape == a.shape:
        return weights
    if axis is None:
        raise TypeError(
            f"average: axis must be specified when shapes of a and weights differ, got {a.shape} and {weights.shape}"
        )
    axes = [normalize_axis("average", one, a.ndim) for one in (axis if isinstance(axis, tuple) else (axis,))]
    if weights.shape != tuple(a.shape[i] for i in axes):
        raise ShapeError(
            f"average: the shape of weights must be that of a, {a.shape}, or of its axis {axis}, "
            f"{tuple(a.shape[i] for i in axes)}, got {weights.shape}"
        )
    weights = np.transpose(weights, np.argsort(axes))
    return np.reshape(weights, tuple(n if i in axes else 1 for i, n in enumerate(a.shape)))


# --- product ---


@primitive
def _prod(x, *, axis, keepdims):
    if x.dtype is FLOAT32:  # a million rounded products may leave only three correct digits
        return np.prod(x, axis=axis, keepdims=keepdims, dtype=np.float64).astype(FLOAT32)
    return np.prod(x, axis=axis, keepdims=keepdims, dtype=np.int64 if x.dtype.kind == "u" else None)


@_prod.vjp
def _(g, y, x, *, axis, keepdims):
    return over(g, x.shape, axis, keepdims) * product_of_others(x, axis)


@implements(np.prod)
@torch_names
def prod(x, axis=None, keepdims=False, *, dtype=None):
    """y = Π x over `axis`; the gradient is correct even if an element is 0.

    >>> import tinygrad_edu as tg
    >>> tg.prod(tg.tensor([2.0, 3.0, 4.0]))
    tensor(24.)
    """
    axes = normalize_axes("prod", axis, x.ndim)
    return _prod(x, axis=axes, keepdims=keepdims) if dtype is None else _in(dtype, x, _prod, axis=axes, keepdims=keepdims)


def _truth(name, numpy_function):
    def ask(x, axis=None, keepdims=False):
        return like(x, np.asarray(numpy_function(raw(x), axis=normalize_axes(name, axis, x.ndim), keepdims=keepdims)))

    ask.__name__ = ask.__qualname__ = name
    ask.__doc__ = f"Whether {'every' if name == 'all' else name} element along `axis` is true (not 0); no gradient."
    return implements(numpy_function)(torch_names(ask))


all, any = _truth("all", np.all), _truth("any", np.any)


# --- in the log domain ---


@primitive
def _logsumexp(x, *, axis, keepdims):
    top = np.max(x, axis=axis, keepdims=True, initial=-np.inf)
    shift = np.where(np.isfinite(top), top, 0)  # all −inf, or +inf: shifting by these would give nan
    with np.errstate(divide="ignore"):  # log 0 = −inf is the right result for all −inf, and for empty input
        y = shift + np.log(add_up(np.exp(x - shift), axis, True))
    return y if keepdims else np.squeeze(y, axis)


@_logsumexp.vjp
def _(g, y, x, *, axis, keepdims):
    top = np.max(raw(x), axis=axis, keepdims=True, initial=-np.inf)
    e = np.where(top == np.inf, raw(x) == top, np.exp(x - np.where(np.isfinite(top), top, 0)))
    total = np.sum(e, axis=axis, keepdims=True)  # not e^(x − y): for y near 1e4 few decimal places are left
    return over(g, x.shape, axis, keepdims) * (e / np.where(total == 0, 1, total))


@torch_names
def logsumexp(x, axis=None, keepdims=False):
    """y = log Σ exp(x) along `axis`, shifted by the maximum so that exp never overflows.

    The gradient is softmax(x); it is 0 where all x are −∞, and shared equally by elements that are +∞ (PyTorch: nan in both
    cases). Integers are converted to the default dtype.

    >>> import tinygrad_edu as tg
    >>> tg.logsumexp(tg.tensor([1e4, 1e4]), dim=0)
    tensor(10000.6934)
    """
    axes = normalize_axes("logsumexp", axis, x.ndim)
    return _logsumexp(x if x.dtype.kind == "f" else x.astype(node.default_float), axis=axes, keepdims=keepdims)
