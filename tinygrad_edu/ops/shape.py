"""Shapes: the same numbers in another shape. Adjoint pairs: reshape ↔ reshape, broadcast_to ↔ sum."""

from __future__ import annotations

import sys
from math import prod
from operator import index

import numpy as np

from ..autograd.errors import DomainError, ShapeError
from ..autograd.node import is_tensor
from ..autograd.primitives import implements, primitive
from .axes import normalize_axes, normalize_axis, torch_names

__all__ = [
    "reshape", "flatten", "unflatten", "ravel", "numel", "squeeze", "unsqueeze", "atleast_1d", "atleast_2d", "broadcast_to",
    "expand",
]  # fmt: skip
METHODS = [
    "reshape", "view", "view_as", "reshape_as", "flatten", "unflatten", "ravel", "numel", "nelement", "squeeze", "unsqueeze",
    "broadcast_to", "expand", "expand_as",
]  # fmt: skip


def _sizes(shape, name=None):
    """f(2, 3), f((2, 3)) and f([2, 3]) all mean (2, 3)."""
    if len(shape) == 1 and not isinstance(shape[0], (int, np.integer)) and not is_tensor(shape[0]):
        shape = shape[0]
    try:
        return tuple(map(index, shape)) if not isinstance(shape, str) else (index(shape),)
    except TypeError:
        name = name or sys._getframe(1).f_code.co_name
        raise TypeError(f"{name}(): sizes must be ints, or a tuple of ints, got {shape!r}") from None


def numel(input) -> int:
    """The number of elements.

    >>> import tinygrad_edu as tg
    >>> tg.numel(tg.zeros(2, 3))
    6
    """
    return prod(input.shape)


nelement = numel


# --- reshape ---


@primitive
def _reshape(x, *, shape):
    return np.reshape(x, shape)


_reshape.vjp(lambda g, y, x, *, shape: np.reshape(g, x.shape))


def reshape(input, *sizes, shape=None):
    """The elements of input in row-major order in a new shape; one size may be -1, to be inferred.

    >>> import tinygrad_edu as tg
    >>> tg.reshape(tg.arange(6), (2, -1)).shape
    (2, 3)
    """
    shape = _sizes(sizes if shape is None else (shape,))
    n, known, unknown = prod(input.shape), abs(prod(shape)), shape.count(-1)
    fits = n == known if unknown == 0 else unknown == 1 and known > 0 and n % known == 0
    if not fits or min(shape, default=0) < -1:
        raise ShapeError(f"reshape(): shape '{list(shape)}' is invalid for input of size {n} (shape {input.shape})")
    return _reshape(input, shape=shape)


view = reshape


def view_as(input, other):
    """input in the shape of `other`."""
    return reshape(input, other.shape)


reshape_as = view_as


@implements(np.reshape)
def _numpy_reshape(a, shape, order="C"):
    if order != "C":
        raise DomainError(f"reshape(): order must be 'C', got {order!r}")
    return reshape(a, shape)


@torch_names
def flatten(x, start_dim=0, end_dim=-1):
    """Flatten axes start_dim to end_dim into one.

    >>> import tinygrad_edu as tg
    >>> tg.flatten(tg.zeros(2, 3, 4), 1).shape
    (2, 12)
    """
    start, end = (normalize_axis("flatten", d, x.ndim) for d in (start_dim, end_dim))
    if start > end:
        raise DomainError(f"flatten(): start_dim {start_dim} comes after end_dim {end_dim}")
    shape = x.shape
    return reshape(x, (*shape[:start], prod(shape[start : end + 1]), *shape[end + 1 :]))


@torch_names
def unflatten(x, axis, sizes):
    """Split axis `axis` into several axes of the given sizes; one may be -1.

    >>> import tinygrad_edu as tg
    >>> tg.unflatten(tg.zeros(2, 12), 1, (3, -1)).shape
    (2, 3, 4)
    """
    axis = normalize_axis("unflatten", axis, x.ndim)
    known = prod(n for n in sizes if n != -1)
    if x.ndim and known > 0:
        sizes = [x.shape[axis] // known if n == -1 else n for n in sizes]
    return reshape(x, (*x.shape[:axis], *sizes, *x.shape[axis + 1 :]))


@implements(np.ravel)
def ravel(input):
    """input flattened to one axis."""
    return reshape(input, (-1,)) if prod(input.shape) else reshape(input, (0,))


@torch_names
def squeeze(x, axis=None):
    """x without its axes of size 1, or without those axes in `axis` that have size 1.

    >>> import tinygrad_edu as tg
    >>> tg.squeeze(tg.zeros(1, 3, 1)).shape, tg.squeeze(tg.zeros(1, 3, 1), 0).shape
    ((3,), (3, 1))
    """
    axes = normalize_axes("squeeze", axis, x.ndim)
    axes = range(x.ndim) if axes is None else axes
    return _reshape(x, shape=tuple(n for i, n in enumerate(x.shape) if n != 1 or i not in axes))


@implements(np.squeeze)
def _numpy_squeeze(a, axis=None):
    kept = [i for i in normalize_axes("squeeze", axis, a.ndim) or () if a.shape[i] != 1]
    if kept:
        raise ShapeError(f"squeeze: axis {kept[0]} of shape {a.shape} cannot be squeezed out, because its size is not 1")
    return squeeze(a, axis)


@torch_names
def unsqueeze(x, axis):
    """x with a new axis of size 1 at `axis`.

    >>> import tinygrad_edu as tg
    >>> tg.unsqueeze(tg.zeros(3), 1).shape
    (3, 1)
    """
    axis = normalize_axis("unsqueeze", axis, x.ndim + 1)
    return _reshape(x, shape=(*x.shape[:axis], 1, *x.shape[axis:]))


@implements(np.expand_dims)
def _numpy_expand_dims(a, axis):
    for i in sorted(normalize_axes("expand_dims", axis, a.ndim + (len(axis) if isinstance(axis, tuple) else 1))):
        a = unsqueeze(a, i)
    return a


def atleast_1d(x):
    """x with at least one axis; a 0-d x becomes a vector with one element."""
    return x if x.ndim else _reshape(x, shape=(1,))


def atleast_2d(x):
    """x with at least two axes; a vector becomes a single row."""
    return x if x.ndim > 1 else _reshape(x, shape=(1, prod(x.shape)))


implements(np.atleast_1d)(atleast_1d)
implements(np.atleast_2d)(atleast_2d)


# --- broadcasting: adjoint of sum ---


@primitive
def _broadcast_to(x, *, shape):
    return np.broadcast_to(x, shape)


_broadcast_to.vjp(lambda g, y, x, *, shape: g)  # the engine sums over the expanded axes


@implements(np.broadcast_to)
def broadcast_to(input, size):
    """input expanded to `size`: axes of size 1 are repeated, without a copy; -1 keeps a size.

    >>> import tinygrad_edu as tg
    >>> tg.broadcast_to(tg.tensor([[1.0], [2.0]]), (2, 3))
    tensor([[1., 1., 1.],
            [2., 2., 2.]])
    """
    return _stretch("broadcast_to", input, _sizes((size,)))


def _fault(own, shape):
    """PyTorch's sentence about the last axis that cannot be stretched."""
    for k in range(-1, -len(shape) - 1, -1) if len(own) == len(shape) else ():
        if own[k] not in (1, shape[k]):
            return (
                f"The expanded size of the tensor ({shape[k]}) must match the existing size ({own[k]}) at non-singleton "
                f"dimension {len(shape) + k}: "
            )
    return ""


def _stretch(name, x, sizes):
    own = (1,) * (len(sizes) - x.ndim) + x.shape
    shape = tuple(m if n == -1 else n for n, m in zip(sizes, own, strict=False))
    if len(own) != len(sizes) or any(n not in (1, m) for n, m in zip(own, shape, strict=True)):
        raise ShapeError(
            f"{name}(): {_fault(own, shape)}shape {x.shape} cannot be stretched to {shape}: sizes must be equal or 1, from the "
            "right"
        )
    return _reshape(x, shape=shape) if shape == own else _broadcast_to(x, shape=shape)


def expand(input, *sizes, size=None):
    """broadcast_to with PyTorch's arguments: -1 keeps a size.

    >>> import tinygrad_edu as tg
    >>> tg.zeros(3, 1).expand(-1, 4).shape
    (3, 4)
    """
    return _stretch("expand", input, _sizes(sizes if size is None else (size,)))


def expand_as(input, other):
    """input expanded to the shape of `other`."""
    return expand(input, other.shape)
