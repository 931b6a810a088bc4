"""Reductions: many numbers become fewer. `axis`/`keepdims` and `dim`/`keepdim` are both understood."""

from __future__ import annotations

import functools
import math
from typing import TYPE_CHECKING, NamedTuple, overload

import numpy as np

from ..autograd.accurate_sum import add_up
from ..autograd.errors import DivisionByZeroError, DomainError, DtypeError, IndexRangeError, ShapeError
from ..autograd.node import FLOAT32, is_tensor, raw
from ..autograd.primitives import implements, primitive
from .axes import kept_shape, like, normalize_axes, normalize_axis, torch_names
from .cumulative import product_of_others
from .elementwise import absolute, gate, maximum, minimum, where
from .indexing import take_along_dim
from .shape import reshape, squeeze

if TYPE_CHECKING:
    from .._tensor import Tensor

__all__ = [
    "sum", "prod", "all", "mean", "var", "std", "var_mean", "std_mean", "max", "min", "amax", "amin", "argmax",
    "argmin", "any", "logsumexp", "norm", "nansum", "dist",
]  # fmt: skip
METHODS = __all__


class ValuesIndices(NamedTuple):
    """Elements, and where along the axis they were found."""

    values: Tensor
    indices: Tensor


def over(g, shape, axis, keepdims):
    """g, which a reduction over `axis` has arrived at, spread over `shape` again."""
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
    """run(x), computed and answered in `dtype`."""
    return run(x.astype(dtype), **params).astype(dtype)


@torch_names
def nansum(x, axis=None, keepdims=False, *, dtype=None):
    """The sum over `axis` of what is not nan.

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
    """y = Σ x / N over `axis`, N the number of elements summed; nan where N = 0.

    >>> import tinygrad_edu as tg
    >>> tg.mean(tg.tensor([1.0, 2.0, 6.0]))
    tensor(3.)
    """
    if dtype is not None:
        x = x.astype(dtype)
    if x.dtype.kind != "f":
        raise DtypeError(f"mean(): the mean of {x.dtype} is not {x.dtype}: convert first, with x.float() or dtype=")
    axes = normalize_axes("mean", axis, x.ndim)
    return _mean(x, axis=axes, keepdims=keepdims, n=_count(x, axes))


@implements(np.average)
def _numpy_average(a, axis=None, weights=None, returned=False, *, keepdims=False):
    if weights is None:
        average = mean(a, axis, keepdims)
        if not returned:
            return average
        return average, like(average, np.full(average.shape, a.size / (raw(average).size or 1), average.dtype))
    weights = _aligned(weights if is_tensor(weights) else np.asarray(weights), a, axis)
    total = sum(weights + np.zeros(a.shape, weights.dtype), axis, keepdims)  # spread over the axes that it is summed with
    if not np.all(raw(total)):
        raise DivisionByZeroError("average: Weights sum to zero, can't be normalized")
    average = sum(a * weights, axis, keepdims) / total
    return (average, total) if returned else average


def _aligned(weights, a, axis):
    """weights of the shape of a, or of its axes `axis` in their order, with an axis of size 1 for each of the others."""
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


@primitive
def _var(x, *, axis, keepdims, n, free):
    """Σ (x − mean)² / free; ∞ where nothing is free, but 0 / 0 for a constant."""
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
    axes = normalize_axes(name, axis, x.ndim)
    n = _count(x, axes)
    if correction is None:
        correction = 1 if unbiased else 0
    return _var(x, axis=axes, keepdims=keepdims, n=n, free=n - correction)


@torch_names
def var(x, axis=None, unbiased=True, keepdims=False, *, correction=None):
    """Variance: Σ (x − mean)² / (N − correction); correction is 1 (unbiased, as PyTorch) unless `unbiased` is False.

    Where N ≤ correction it is ∞, and nan for a constant. np.var(t) calls it with ddof, whose default is NumPy's 0.

    >>> import tinygrad_edu as tg
    >>> tg.var(tg.tensor([1.0, 2.0, 3.0])), tg.var(tg.tensor([1.0, 2.0, 3.0]), unbiased=False)
    (tensor(1.), tensor(0.6667))
    """
    return _variance("var", x, axis, unbiased, keepdims, correction)


@torch_names
def std(x, axis=None, unbiased=True, keepdims=False, *, correction=None):
    """Standard deviation: √var. The gradient of a constant's standard deviation is 0.

    >>> import tinygrad_edu as tg
    >>> tg.std(tg.tensor([1.0, 2.0, 3.0]))
    tensor(1.)
    """
    return _root(_variance("std", x, axis, unbiased, keepdims, correction), p=2)


@torch_names
def var_mean(x, axis=None, unbiased=True, keepdims=False, *, correction=None) -> tuple[Tensor, Tensor]:
    """(var, mean) along `axis`."""
    return _variance("var_mean", x, axis, unbiased, keepdims, correction), mean(x, axis, keepdims)


@torch_names
def std_mean(x, axis=None, unbiased=True, keepdims=False, *, correction=None) -> tuple[Tensor, Tensor]:
    """(std, mean) along `axis`."""
    return _root(_variance("std_mean", x, axis, unbiased, keepdims, correction), p=2), mean(x, axis, keepdims)


@implements(np.var)
def _numpy_var(a, axis=None, *, ddof=0, keepdims=False):
    return var(a, axis, keepdims=keepdims, correction=ddof)


@implements(np.std)
def _numpy_std(a, axis=None, *, ddof=0, keepdims=False):
    return std(a, axis, keepdims=keepdims, correction=ddof)


# --- product ---


@primitive
def _prod(x, *, axis, keepdims):
    if x.dtype is FLOAT32:  # a million rounded products would leave three digits
        return np.prod(x, axis=axis, keepdims=keepdims, dtype=np.float64).astype(FLOAT32)
    return np.prod(x, axis=axis, keepdims=keepdims, dtype=np.int64 if x.dtype.kind == "u" else None)


@_prod.vjp
def _(g, y, x, *, axis, keepdims):
    return over(g, x.shape, axis, keepdims) * product_of_others(x, axis)


@implements(np.prod)
@torch_names
def prod(x, axis=None, keepdims=False, *, dtype=None):
    """y = Π x over `axis`; the gradient is right where an element is 0, too.

    >>> import tinygrad_edu as tg
    >>> tg.prod(tg.tensor([2.0, 3.0, 4.0]))
    tensor(24.)
    """
    axes = normalize_axes("prod", axis, x.ndim)
    return _prod(x, axis=axes, keepdims=keepdims) if dtype is None else _in(dtype, x, _prod, axis=axes, keepdims=keepdims)


# --- extremes ---


def share_among_equals(g, y, x, *, axis, keepdims):
    """Ties share the gradient equally."""
    y = raw(y) if keepdims else np.reshape(raw(y), kept_shape(x.shape, axis))
    hit = (raw(x) == y) | (np.isnan(raw(x)) & np.isnan(y))
    share = over(g, x.shape, axis, keepdims) / np.sum(hit, axis=axis, keepdims=True).astype(x.dtype)
    return gate(share, hit)


@primitive
def _amax(x, *, axis, keepdims):
    return np.max(x, axis=axis, keepdims=keepdims)


@primitive
def _amin(x, *, axis, keepdims):
    return np.min(x, axis=axis, keepdims=keepdims)


_amax.vjp(share_among_equals)
_amin.vjp(share_among_equals)


def _nonempty(name, x, axes):
    if math.prod(x.shape):
        return
    if axes is None:
        raise IndexRangeError(
            f"{name}(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with dim="
        )
    for a in axes:
        if x.shape[a] == 0:
            raise IndexRangeError(f"{name}(): Expected reduction dim {a} to have non-zero size, got shape {x.shape}")


@implements(np.max, np.amax)
@torch_names
def amax(x, axis=None, keepdims=False):
    """The largest element along `axis`; elements that tie share the gradient equally.

    >>> import tinygrad_edu as tg
    >>> tg.amax(tg.tensor([[1.0, 5.0], [7.0, 2.0]]), dim=1)
    tensor([5., 7.])
    """
    axes = normalize_axes("amax", axis, x.ndim)
    _nonempty("amax", x, axes)
    return _amax(x, axis=axes, keepdims=keepdims)


@implements(np.min, np.amin)
@torch_names
def amin(x, axis=None, keepdims=False):
    """The smallest element along `axis`; elements that tie share the gradient equally.

    >>> import tinygrad_edu as tg
    >>> tg.amin(tg.tensor([[1.0, 5.0], [7.0, 2.0]]))
    tensor(1.)
    """
    axes = normalize_axes("amin", axis, x.ndim)
    _nonempty("amin", x, axes)
    return _amin(x, axis=axes, keepdims=keepdims)


implements(np.ptp)(lambda a, axis=None, *, keepdims=False: amax(a, axis, keepdims) - amin(a, axis, keepdims))


def pick(x, axis, keepdims, find):
    """(values, indices) of x at the indices find(array) along `axis`; a 0-d x counts as a row of one."""
    if x.ndim == 0:
        return ValuesIndices(*(reshape(part, ()) for part in pick(reshape(x, (1,)), 0, True, find)))
    indices = find(raw(x))
    values = take_along_dim(x, indices, axis)
    if not keepdims:
        indices, values = np.squeeze(indices, axis), squeeze(values, axis)
    return ValuesIndices(values, like(x, indices))


def _extreme(name, x, axis, keepdims, whole, arg):
    if axis is None:
        _nonempty(name, x, None)
        return whole(x, None, keepdims)
    axis = normalize_axis(name, axis, x.ndim)
    _nonempty(name, x, (axis,))
    return pick(x, axis, keepdims, lambda array: arg(array, axis=axis, keepdims=True))


@overload
def max(x, axis: None = None, keepdims=False) -> Tensor: ...
@overload
def max(x, axis: Tensor, /) -> Tensor: ...
@overload
def max(x, axis: int, keepdims=False) -> ValuesIndices: ...
@torch_names
def max(x, axis=None, keepdims=False):
    """The largest element; with `axis` a pair (values, indices), whose gradient goes to the first of equals.

    max(x, y) of two tensors is maximum(x, y).

    >>> import tinygrad_edu as tg
    >>> values, indices = tg.max(tg.tensor([[1.0, 5.0], [7.0, 2.0]]), dim=1)
    >>> values, indices
    (tensor([5., 7.]), tensor([1, 0]))
    """
    if is_tensor(axis):
        return maximum(x, axis)
    return _extreme("max", x, axis, keepdims, amax, np.argmax)


@overload
def min(x, axis: None = None, keepdims=False) -> Tensor: ...
@overload
def min(x, axis: Tensor, /) -> Tensor: ...
@overload
def min(x, axis: int, keepdims=False) -> ValuesIndices: ...
@torch_names
def min(x, axis=None, keepdims=False):
    """The smallest element; with `axis` a pair (values, indices), whose gradient goes to the first of equals.

    min(x, y) of two tensors is minimum(x, y).

    >>> import tinygrad_edu as tg
    >>> tg.min(tg.tensor([3.0, 1.0, 2.0]))
    tensor(1.)
    """
    if is_tensor(axis):
        return minimum(x, axis)
    return _extreme("min", x, axis, keepdims, amin, np.argmin)


def _index_of(name, numpy_function):
    def find(x, axis=None, keepdims=False):
        axis = None if axis is None else normalize_axis(name, axis, x.ndim)
        _nonempty(name, x, None if axis is None else (axis,))
        return like(x, np.asarray(numpy_function(raw(x), axis=axis if x.ndim else None, keepdims=keepdims)))

    which = "largest" if name == "argmax" else "smallest"
    find.__name__ = find.__qualname__ = name  # before the decorator, whose errors quote it
    find.__doc__ = f"The index of the first {which} element along `axis` (of the flattened tensor by default); no gradient."
    return torch_names(find)


argmax, argmin = _index_of("argmax", np.argmax), _index_of("argmin", np.argmin)


def _truth(name, numpy_function):
    def ask(x, axis=None, keepdims=False):
        return like(x, np.asarray(numpy_function(raw(x), axis=normalize_axes(name, axis, x.ndim), keepdims=keepdims)))

    ask.__name__ = ask.__qualname__ = name
    ask.__doc__ = f"True where {name} element along `axis` is true (not 0); no gradient."
    return implements(numpy_function)(torch_names(ask))


all, any = _truth("all", np.all), _truth("any", np.any)


# --- in the log domain ---


@primitive
def _logsumexp(x, *, axis, keepdims):
    top = np.max(x, axis=axis, keepdims=True, initial=-np.inf)
    shift = np.where(np.isfinite(top), top, 0)  # all −inf, or +inf: shifting by them would make nan
    with np.errstate(divide="ignore"):  # log 0 = −inf is the answer for all −inf, and for none
        y = shift + np.log(add_up(np.exp(x - shift), axis, True))
    return y if keepdims else np.squeeze(y, axis)


@_logsumexp.vjp
def _(g, y, x, *, axis, keepdims):
    top = np.max(raw(x), axis=axis, keepdims=True, initial=-np.inf)
    e = np.where(top == np.inf, raw(x) == top, np.exp(x - np.where(np.isfinite(top), top, 0)))
    total = np.sum(e, axis=axis, keepdims=True)  # not e^(x − y): y near 1e4 has few digits after the point
    return over(g, x.shape, axis, keepdims) * (e / np.where(total == 0, 1, total))


@torch_names
def logsumexp(x, axis=None, keepdims=False):
    """y = log Σ exp(x) along `axis`, shifted by the maximum so that exp never overflows.

    The gradient is softmax(x); 0 where all x are −∞, and shared by what is +∞ (PyTorch: nan in both cases). Integers are
    converted to float32.

    >>> import tinygrad_edu as tg
    >>> tg.logsumexp(tg.tensor([1e4, 1e4]), dim=0)
    tensor(10000.6934)
    """
    axes = normalize_axes("logsumexp", axis, x.ndim)
    return _logsumexp(x if x.dtype.kind == "f" else x.astype(FLOAT32), axis=axes, keepdims=keepdims)


# --- norms ---


def _scale(x, axis):
    """The largest |x| along `axis`, 1 where that is 0, ∞ or nan: powers of x / scale neither overflow nor vanish."""
    top = np.max(np.absolute(raw(x)), axis=axis, keepdims=True, initial=0)
    return np.where((top > 0) & (top < math.inf), top, np.ones((), x.dtype))


@functools.cache
def _least_root(dtype):
    """The square of a number from here on keeps all its digits."""
    limits = np.finfo(dtype)
    return float((limits.tiny / limits.eps) ** 0.5)


@primitive
def _norm(x, *, axis, keepdims):
    with np.errstate(over="ignore"):
        y = np.sqrt(add_up(x * x, axis, keepdims))
        if ((y > _least_root(x.dtype)) & (y < math.inf)).all():
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
    """The p-norm (Σ |x|ᵖ)^(1/p) over `axis`, all axes by default: the length of x as a vector, also where xᵖ would overflow.

    p = 2 or 'fro'  √Σx², the Euclidean (of a matrix: the Frobenius) norm
    p = ∞, −∞       the largest |x|, the smallest
    p = 0           how many x are not 0

    The gradient at 0, where the norm has a kink, is 0, as in PyTorch; so is that of p = 0.

    >>> import tinygrad_edu as tg
    >>> tg.norm(tg.tensor([3.0, 4.0])), tg.norm(tg.tensor([[3.0, 4.0], [0.0, 1.0]]), dim=1)
    (tensor(5.), tensor([5., 1.]))
    """
    return p_norm("norm", x, p, axis, keepdims, dtype)


def p_norm(name, x, p, axis, keepdims, dtype=None):
    """norm, whose errors name the function that was called."""
    x = x if dtype is None else x.astype(dtype)
    if x.dtype.kind != "f":
        raise DtypeError(f"{name}(): expected floating point, got {x.dtype}; use .float()")
    axes = normalize_axes(name, axis, x.ndim)
    if p in (2, "fro", None):
        return _norm(x, axis=axes, keepdims=keepdims)
    if not isinstance(p, (int, float)):
        raise DomainError(f"{name}(): p must be a number, inf, -inf or 'fro', got {p!r}")
    size = absolute(x)
    if p == 0:
        return _sum(np.sign(where(np.isnan(raw(size)), 1, size)), axis=axes, keepdims=keepdims)  # nan is not 0
    if p == math.inf:
        return amax(size, axes, keepdims)
    if p == -math.inf:
        return amin(size, axes, keepdims)
    if p == 1:
        return _sum(size, axis=axes, keepdims=keepdims)
    scale = _scale(x, axes)
    powers = _nonzero_power(size / scale, p) if p < 1 else (size / scale) ** p
    y = _root(_sum(powers, axis=axes, keepdims=True), p=p) * scale
    return y if keepdims else reshape(y, tuple(n for i, n in enumerate(x.shape) if axes is not None and i not in axes))


def _nonzero_power(x, p):
    """xᵖ for p < 1; the slope at 0, where it is ∞, is taken as 0."""
    zero = raw(x) == 0
    return where(zero, 0 if p > 0 else math.inf, where(zero, 1, x) ** p)


def dist(input, other, p=2):
    """The p-norm of input − other, all elements together.

    >>> import tinygrad_edu as tg
    >>> tg.dist(tg.tensor([1.0, 1.0]), tg.tensor([4.0, 5.0]))
    tensor(5.)
    """
    return p_norm("dist", input - other, p, None, False)
