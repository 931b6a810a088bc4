"""Reductions: many numbers become fewer. `axis`/`keepdims` and `dim`/`keepdim` are both understood."""

import math
from collections import namedtuple

import numpy as np

from ..autograd.primitive import from_array, implements, primitive, raw
from .axes import kept_shape, normalize_axes, normalize_axis, torch_names
from .elementwise import square
from .indexing import take_along_dim
from .shape import squeeze

MaxResult = namedtuple("MaxResult", "values indices")


def _over(g, shape, axis, keepdims):
    """g, which has the shape of a reduction over `axis`, spread over the `shape` that was reduced."""
    return np.broadcast_to(g if keepdims else np.reshape(g, kept_shape(shape, axis)), shape)


# --- sum: adjoint of broadcast_to ---


@primitive
def _sum(x, *, axis, keepdims):
    return np.sum(x, axis=axis, keepdims=keepdims)


_sum.op.name = "sum"
_sum.vjp(lambda g, y, x, *, axis, keepdims: _over(g, x.shape, axis, keepdims))


@implements(np.sum)
@torch_names
def sum(x, axis=None, keepdims=False, *, dtype=None):
    """y = Σ x over `axis` (all axes by default). Integers and booleans are summed as int64.

    >>> import tinygrad_edu as tg
    >>> x = tg.tensor([[1.0, 2.0], [3.0, 4.0]])
    >>> tg.sum(x), tg.sum(x, dim=0)
    (tensor(10.), tensor([4., 6.]))
    """
    if dtype is not None:
        x = x.astype(dtype)
    return _sum(x, axis=normalize_axes("sum", axis, x.ndim), keepdims=keepdims)


def _count(x, axes):
    return math.prod(x.shape) if axes is None else math.prod(x.shape[a] for a in axes)


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
        raise TypeError(f"mean(): the mean of {x.dtype} is not {x.dtype}: convert first, with x.float() or dtype=")
    axes = normalize_axes("mean", axis, x.ndim)
    n = _count(x, axes)
    return _sum(x, axis=axes, keepdims=keepdims) * (1 / n if n else np.nan)


@torch_names
def var(x, axis=None, unbiased=True, keepdims=False, *, correction=None):
    """Variance: Σ (x − mean)² / (N − correction); correction is 1 (unbiased, as PyTorch) unless `unbiased` is False.

    np.var(t) calls it with ddof, whose default is NumPy's 0.

    >>> import tinygrad_edu as tg
    >>> tg.var(tg.tensor([1.0, 2.0, 3.0])), tg.var(tg.tensor([1.0, 2.0, 3.0]), unbiased=False)
    (tensor(1.), tensor(0.6667))
    """
    axes = normalize_axes("var", axis, x.ndim)
    if correction is None:
        correction = 1 if unbiased else 0
    free = _count(x, axes) - correction
    total = _sum(square(x - mean(x, axes, keepdims=True)), axis=axes, keepdims=keepdims)
    return total * (1 / free if free > 0 else np.nan)


@primitive
def _root(x):
    return np.sqrt(x)


_root.op.name = "std"
_root.vjp(lambda g, y, x: g * np.where(y == 0, 0, 0.5 / np.where(y == 0, 1, y)))  # a constant's std has gradient 0


@torch_names
def std(x, axis=None, unbiased=True, keepdims=False, *, correction=None):
    """Standard deviation: √var. The gradient of a constant's standard deviation is 0.

    >>> import tinygrad_edu as tg
    >>> tg.std(tg.tensor([1.0, 2.0, 3.0]))
    tensor(1.)
    """
    return _root(var(x, axis, unbiased, keepdims, correction=correction))


@implements(np.var)
def _numpy_var(a, axis=None, *, ddof=0, keepdims=False):
    return var(a, axis, keepdims=keepdims, correction=ddof)


@implements(np.std)
def _numpy_std(a, axis=None, *, ddof=0, keepdims=False):
    return std(a, axis, keepdims=keepdims, correction=ddof)


# --- product ---


@primitive
def _prod(x, *, axis, keepdims):
    return np.prod(x, axis=axis, keepdims=keepdims)


_prod.op.name = "prod"


@_prod.vjp
def _(g, y, x, *, axis, keepdims):
    return _over(g, x.shape, axis, keepdims) * _product_of_others(x, axis)


def _product_of_others(x, axis):
    """For each element the product of all the others it is multiplied with: right at zeros, where y / x is not."""
    axes = tuple(range(x.ndim)) if axis is None else axis
    others = tuple(i for i in range(x.ndim) if i not in axes)
    flat = np.reshape(np.transpose(x, others + axes), tuple(x.shape[i] for i in others) + (-1,))
    n = flat.shape[-1]
    rows = []
    for i in range(n):
        rest = np.concatenate([flat[..., :i], flat[..., i + 1 :]], axis=-1)
        rows.append(np.prod(rest, axis=-1))
    stacked = np.stack(rows, axis=-1) if rows else flat
    back = np.reshape(stacked, tuple(x.shape[i] for i in others + axes))
    return np.transpose(back, tuple(int(i) for i in np.argsort(others + axes)))


@implements(np.prod)
@torch_names
def prod(x, axis=None, keepdims=False):
    """y = Π x over `axis`; the gradient is right where an element is 0, too.

    >>> import tinygrad_edu as tg
    >>> tg.prod(tg.tensor([2.0, 3.0, 4.0]))
    tensor(24.)
    """
    return _prod(x, axis=normalize_axes("prod", axis, x.ndim), keepdims=keepdims)


# --- extremes ---


def _ties(g, y, x, *, axis, keepdims):
    """Ties share the gradient equally."""
    y = raw(y) if keepdims else np.reshape(raw(y), kept_shape(x.shape, axis))
    hit = (raw(x) == y) | (np.isnan(raw(x)) & np.isnan(y))
    return _over(g, x.shape, axis, keepdims) * (hit / np.sum(hit, axis=axis, keepdims=True)).astype(g.dtype)


@primitive
def _amax(x, *, axis, keepdims):
    return np.max(x, axis=axis, keepdims=keepdims)


@primitive
def _amin(x, *, axis, keepdims):
    return np.min(x, axis=axis, keepdims=keepdims)


_amax.op.name, _amin.op.name = "amax", "amin"
_amax.vjp(_ties)
_amin.vjp(_ties)


def _nonempty(name, x, axes):
    if math.prod(x.shape):
        return
    if axes is None:
        raise RuntimeError(
            f"{name}(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with dim="
        )
    for a in axes:
        if x.shape[a] == 0:
            raise IndexError(f"{name}(): Expected reduction dim {a} to have non-zero size, got shape {x.shape}")


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


def _extreme(name, x, axis, keepdims, whole, arg):
    if axis is None:
        return whole(x)
    axis = normalize_axis(name, axis, x.ndim)
    _nonempty(name, x, (axis,))
    indices = arg(raw(x), axis=axis, keepdims=True)
    values = take_along_dim(x, indices, axis)
    if not keepdims:
        indices, values = np.squeeze(indices, axis), squeeze(values, axis)
    return MaxResult(values, from_array(np.asarray(indices)))


@torch_names
def max(x, axis=None, keepdims=False):
    """The largest element; with `axis` a pair (values, indices), whose gradient goes to the first of equals.

    >>> import tinygrad_edu as tg
    >>> values, indices = tg.max(tg.tensor([[1.0, 5.0], [7.0, 2.0]]), dim=1)
    >>> values, indices
    (tensor([5., 7.]), tensor([1, 0]))
    """
    return _extreme("max", x, axis, keepdims, amax, np.argmax)


@torch_names
def min(x, axis=None, keepdims=False):
    """The smallest element; with `axis` a pair (values, indices), whose gradient goes to the first of equals.

    >>> import tinygrad_edu as tg
    >>> tg.min(tg.tensor([3.0, 1.0, 2.0]))
    tensor(1.)
    """
    return _extreme("min", x, axis, keepdims, amin, np.argmin)


def _index_of(name, numpy_function):
    @implements(numpy_function)
    @torch_names
    def find(x, axis=None, keepdims=False):
        if axis is not None:
            axis = normalize_axis(name, axis, x.ndim)
        _nonempty(name, x, None if axis is None else (axis,))
        return from_array(np.asarray(numpy_function(raw(x), axis=axis, keepdims=keepdims)))

    find.__name__ = name
    which = "largest" if name == "argmax" else "smallest"
    find.__doc__ = f"The index of the first {which} element along `axis` (of the flattened tensor by default); no gradient."
    return find


argmax, argmin = _index_of("argmax", np.argmax), _index_of("argmin", np.argmin)


def _truth(name, numpy_function):
    @implements(numpy_function)
    @torch_names
    def ask(x, axis=None, keepdims=False):
        return from_array(np.asarray(numpy_function(raw(x), axis=normalize_axes(name, axis, x.ndim), keepdims=keepdims)))

    ask.__name__ = name
    ask.__doc__ = f"True where {name} element along `axis` is true (not 0); no gradient."
    return ask


all, any = _truth("all", np.all), _truth("any", np.any)


# --- cumulative ---


@primitive
def _cumsum(x, *, axis):
    return np.cumsum(x, axis=axis)


_cumsum.op.name = "cumsum"
_cumsum.vjp(lambda g, y, x, *, axis: np.flip(np.cumsum(np.flip(g, axis), axis=axis), axis))


@implements(np.cumsum)
@torch_names
def cumsum(x, axis):
    """yₖ = x₁ + … + xₖ along `axis`.

    >>> import tinygrad_edu as tg
    >>> tg.cumsum(tg.tensor([1.0, 2.0, 3.0]), dim=0)
    tensor([1., 3., 6.])
    """
    return _cumsum(x, axis=normalize_axis("cumsum", axis, x.ndim))


# --- in the log domain ---


@primitive
def _logsumexp(x, *, axis, keepdims):
    top = np.max(x, axis=axis, keepdims=True)
    shift = np.where(np.isfinite(top), top, 0)  # all −inf, or +inf: shifting by them would make nan
    with np.errstate(divide="ignore"):  # log 0 = −inf is the answer for all −inf
        y = shift + np.log(np.sum(np.exp(x - shift), axis=axis, keepdims=True))
    return y if keepdims else np.reshape(y, np.sum(x, axis=axis).shape)


_logsumexp.op.name = "logsumexp"


@_logsumexp.vjp
def _(g, y, x, *, axis, keepdims):
    y = y if keepdims else np.reshape(y, kept_shape(x.shape, axis))
    return _over(g, x.shape, axis, keepdims) * np.exp(x - np.where(np.isfinite(raw(y)), y, 0))


@torch_names
def logsumexp(x, axis=None, keepdims=False):
    """y = log Σ exp(x) along `axis`, shifted by the maximum so that exp never overflows.

    The gradient is softmax(x). All −inf: y = −inf with gradient 0 (PyTorch: nan).

    >>> import tinygrad_edu as tg
    >>> tg.logsumexp(tg.tensor([1e4, 1e4]), dim=0)
    tensor(10000.6934)
    """
    axes = normalize_axes("logsumexp", axis, x.ndim)
    _nonempty("logsumexp", x, axes)
    return _logsumexp(x, axis=axes, keepdims=keepdims)


@primitive
def _norm2(x, *, axis, keepdims):
    return np.sqrt(np.sum(x * x, axis=axis, keepdims=keepdims))


_norm2.op.name = "norm"


@_norm2.vjp
def _(g, y, x, *, axis, keepdims):
    y = _over(y, x.shape, axis, keepdims)
    return _over(g, x.shape, axis, keepdims) * np.where(y == 0, 0, x / np.where(y == 0, 1, y))


@torch_names
def norm(x, p=2, axis=None, keepdims=False):
    """The p-norm (Σ |x|ᵖ)^(1/p), p = 1, 2, inf or any positive number; at 0 its gradient is 0.

    >>> import tinygrad_edu as tg
    >>> tg.norm(tg.tensor([3.0, 4.0]))
    tensor(5.)
    """
    axes = normalize_axes("norm", axis, x.ndim)
    if p in (2, "fro", None):
        return _norm2(x, axis=axes, keepdims=keepdims)
    if p == np.inf:
        return amax(abs(x), axes, keepdims)
    if not isinstance(p, (int, float)) or p <= 0:
        raise ValueError(f"norm(): p must be a positive number, inf or 'fro', got {p!r}")
    total = _sum(abs(x) ** p, axis=axes, keepdims=keepdims)
    return total if p == 1 else total ** (1 / p)
