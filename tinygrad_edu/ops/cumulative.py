"""Cumulative sums, products and log-sum-exps along an axis, and differences between neighbors."""

import numpy as np

from .._numbers import refuses_text
from ..autograd.errors import DomainError, DtypeError, ShapeError
from ..autograd.node import FLOAT32, raw
from ..autograd.primitives import implements, primitive
from .axes import normalize_axis, torch_names

__all__ = ["diff", "cumsum", "cumprod", "logcumsumexp"]
METHODS = __all__
IN_PLACE = ["cumsum", "cumprod"]
OUT = __all__


def _at(axis, key):
    return (*(slice(None),) * axis, key)


def _wide(x):
    """The dtype to accumulate in: float64 for float32, whose sums would lose digits in a million rounded steps; else None."""
    return np.float64 if x.dtype is FLOAT32 else None


def _answer(x):
    """The dtype of the result: integers are accumulated as int64."""
    return x.dtype if x.dtype.kind == "f" else np.int64


# --- sums ---


@primitive
def _cumsum(x, *, axis):
    return np.cumsum(x, axis=axis, dtype=_wide(x)).astype(_answer(x), copy=False)


_cumsum.vjp(lambda g, y, x, *, axis: np.flip(_cumsum(np.flip(g, axis), axis=axis), axis))


@torch_names
def cumsum(x, axis, *, dtype=None):
    """yₖ = x₁ + … + xₖ along `axis`.

    >>> import tinygrad_edu as tg
    >>> tg.cumsum(tg.tensor([1.0, 2.0, 3.0]), dim=0)
    tensor([1., 3., 6.])
    """
    return _along("cumsum", _cumsum, x, axis, dtype)


def _along(name, run, x, axis, dtype=None):
    axis = normalize_axis(name, axis, x.ndim)
    x = x if dtype is None else x.astype(dtype)
    y = run(x, axis=axis) if x.ndim else run(x.reshape(1), axis=0)[0]
    return y if dtype is None else y.astype(dtype)


@implements(np.cumsum)
def _numpy_cumsum(a, axis=None):
    return cumsum(a.reshape(-1), 0) if axis is None else cumsum(a, axis)


@torch_names
@refuses_text("n")
def diff(x, n=1, axis=-1):
    """The differences between neighbors along `axis`, taken n times. diff(cumsum(x)) is x without its first element.

    >>> import tinygrad_edu as tg
    >>> tg.diff(tg.tensor([1.0, 3.0, 6.0]))
    tensor([2., 3.])
    """
    axis = normalize_axis("diff", axis, x.ndim)
    if not x.ndim:
        raise ShapeError("diff(): needs at least one axis, got a 0-d tensor")
    if n < 0:
        raise DomainError(f"diff(): n must not be negative, got {n}")
    for _ in range(n):
        later, earlier = x[_at(axis, slice(1, None))], x[_at(axis, slice(None, -1))]
        x = later ^ earlier if x.dtype == bool else later - earlier
    return x


implements(np.diff)(lambda a, n=1, axis=-1: diff(a, n, axis))

# --- products and sums of exponentials: the gradient is propagated step by step, without division ---


def _come_back(g, factor, axis):
    """rₖ = gₖ + factorₖ · rₖ₊₁ along `axis`, from the last element to the first."""
    n = g.shape[axis]
    steps = [g[_at(axis, slice(n - 1, n))]] if n else [g]
    for k in range(n - 2, -1, -1):
        here = _at(axis, slice(k, k + 1))
        steps.append(g[here] + factor[here] * steps[-1])
    return np.concatenate(steps[::-1], axis=axis)


def _shifted(x, axis, first):
    """`first` (one number), then all but the last element of x along `axis`."""
    head = np.full(tuple(1 if d == axis else n for d, n in enumerate(x.shape)), first, x.dtype)
    return np.concatenate([head, x[_at(axis, slice(None, -1))]], axis=axis) if x.shape[axis] else x


@primitive
def _cumprod(x, *, axis):
    return np.cumprod(x, axis=axis, dtype=_wide(x)).astype(_answer(x), copy=False)


@_cumprod.vjp
def _(g, y, x, *, axis):
    following = x[_at(axis, slice(1, None))]
    return _shifted(y, axis, 1) * _come_back(g, following, axis)


@torch_names
def cumprod(x, axis, *, dtype=None):
    """yₖ = x₁ · … · xₖ along `axis`; the gradient is correct even if an element is 0.

    >>> import tinygrad_edu as tg
    >>> tg.cumprod(tg.tensor([1.0, 2.0, 3.0]), dim=0)
    tensor([1., 2., 6.])
    """
    return _along("cumprod", _cumprod, x, axis, dtype)


@implements(np.cumprod)
def _numpy_cumprod(a, axis=None):
    return cumprod(a.reshape(-1), 0) if axis is None else cumprod(a, axis)


def product_of_others(x, axes):
    """For each element, the product of the others along `axes` (None: all); unlike prod(x) / x, it is correct at zeros."""
    axes = tuple(range(x.ndim)) if axes is None else axes
    rest = tuple(i for i in range(x.ndim) if i not in axes)
    moved = np.transpose(x, rest + axes)
    rows = np.reshape(moved, tuple(x.shape[i] for i in rest) + (-1 if 0 not in x.shape else 0,))
    last = len(rest)
    before = _cumprod(_shifted(rows, last, 1), axis=last)
    after = np.flip(_cumprod(_shifted(np.flip(rows, last), last, 1), axis=last), last)
    back = tuple(int(i) for i in np.argsort(rest + axes))
    return np.transpose(np.reshape(before * after, moved.shape), back)


@primitive
def _logcumsumexp(x, *, axis):
    return np.logaddexp.accumulate(x, axis=axis, dtype=_wide(x)).astype(x.dtype, copy=False)


@_logcumsumexp.vjp
def _(g, y, x, *, axis):
    earlier, later = y[_at(axis, slice(None, -1))], y[_at(axis, slice(1, None))]
    fading = np.exp(np.where(np.isfinite(raw(later)), earlier - later, 0))  # e^yₖ / e^yₖ₊₁, at most 1
    return np.exp(np.where(np.isfinite(raw(y)), x - y, -np.inf)) * _come_back(g, fading, axis)


@torch_names
def logcumsumexp(x, axis):
    """yₖ = log(e^x₁ + … + e^xₖ) along `axis`, without overflow.

    >>> import tinygrad_edu as tg
    >>> tg.logcumsumexp(tg.tensor([0.0, 0.0, 1e4]), dim=0)
    tensor([0.0000e+00, 6.9315e-01, 1.0000e+04])
    """
    if x.dtype.kind != "f":
        raise DtypeError(f"logcumsumexp(): expected floating point, got {x.dtype}; use .float()")
    return _along("logcumsumexp", _logcumsumexp, x, axis)
