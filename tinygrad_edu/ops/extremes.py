"""The largest and the smallest elements, and their positions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, overload

import numpy as np

from ..autograd.arrays import as_array
from ..autograd.errors import IndexRangeError
from ..autograd.node import is_tensor, raw
from ..autograd.primitives import implements, primitive
from . import return_types
from .axes import kept_shape, like, normalize_axes, normalize_axis, torch_names
from .elementwise import gate, maximum, minimum
from .gathering import take_along_dim
from .reduction import over
from .return_types import ValuesIndices
from .shape import reshape, squeeze

if TYPE_CHECKING:
    from .._tensor import Tensor

__all__ = ["max", "min", "amax", "amin", "argmax", "argmin"]
METHODS = __all__
OUT = __all__


def share_among_equals(g, y, x, *, axis, keepdims):
    """Equal elements share the gradient equally."""
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
    """The largest element along `axis`; equal elements share the gradient equally.

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
    """The smallest element along `axis`; equal elements share the gradient equally.

    >>> import tinygrad_edu as tg
    >>> tg.amin(tg.tensor([[1.0, 5.0], [7.0, 2.0]]))
    tensor(1.)
    """
    axes = normalize_axes("amin", axis, x.ndim)
    _nonempty("amin", x, axes)
    return _amin(x, axis=axes, keepdims=keepdims)


implements(np.ptp)(lambda a, axis=None, *, keepdims=False: amax(a, axis, keepdims) - amin(a, axis, keepdims))


def pick(name, x, axis, keepdims, find):
    """(values, indices) of x at the indices find(array) along `axis`; a 0-d x is treated as a row with one element."""
    kind = getattr(return_types, name)
    if x.ndim == 0:
        return kind(*(reshape(part, ()) for part in pick(name, reshape(x, (1,)), 0, True, find)))
    indices = find(raw(x))
    values = take_along_dim(x, indices, axis)
    if not keepdims:
        indices, values = np.squeeze(indices, axis), squeeze(values, axis)
    return kind(values, like(x, indices))


def _extreme(name, x, axis, keepdims, whole, arg):
    if axis is None:
        _nonempty(name, x, None)
        return whole(x, None, keepdims)
    axis = normalize_axis(name, axis, x.ndim)
    _nonempty(name, x, (axis,))
    return pick(name, x, axis, keepdims, lambda array: arg(array, axis=axis, keepdims=True))


@overload
def max(x, axis: None = None, keepdims=False) -> Tensor: ...
@overload
def max(x, axis: Tensor, /) -> Tensor: ...
@overload
def max(x, axis: int, keepdims=False) -> ValuesIndices: ...
@torch_names
def max(x, axis=None, keepdims=False):
    """The largest element; with `axis`, a pair (values, indices), where the first of equal elements gets the gradient.

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
    """The smallest element; with `axis`, a pair (values, indices), where the first of equal elements gets the gradient.

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
        return like(x, as_array(numpy_function(raw(x), axis=axis if x.ndim else None, keepdims=keepdims)))

    which = "largest" if name == "argmax" else "smallest"
    find.__name__ = find.__qualname__ = name  # before the decorator, whose errors use it
    find.__doc__ = f"The index of the first {which} element along `axis` (of the flattened tensor by default); no gradient."
    return torch_names(find)


argmax, argmin = _index_of("argmax", np.argmax), _index_of("argmin", np.argmin)
