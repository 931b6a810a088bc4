"""Repeating, rolling and rotating elements, coordinate grids, and sliding windows."""

from __future__ import annotations

from operator import index
from typing import TYPE_CHECKING

import numpy as np

from .._numbers import refuses_text
from ..autograd.errors import DomainError, ShapeError
from ..autograd.node import raw
from ..autograd.primitives import implements, primitive
from .axes import normalize_axis, torch_names
from .axis_order import flip, movedim, transpose
from .casting import clone
from .shape import _broadcast_to, _reshape, _sizes, atleast_1d, broadcast_to, reshape
from .window import windows

if TYPE_CHECKING:
    from .._tensor import Tensor

__all__ = ["repeat", "tile", "repeat_interleave", "roll", "meshgrid", "broadcast_tensors", "rot90"]
METHODS = ["repeat", "tile", "repeat_interleave", "roll", "rot90", "unfold"]


def repeat(x, *repeats):
    """x repeated `repeats` times along each axis, new axes first: shape [2, 3], repeated (2, 1, 4), becomes [2, 2, 12].

    >>> import tinygrad_edu as tg
    >>> tg.ops.repeat(tg.tensor([1, 2]), 2, 2)
    tensor([[1, 2, 1, 2],
            [1, 2, 1, 2]])
    """
    repeats = _sizes(repeats)
    if len(repeats) < x.ndim or any(r < 0 for r in repeats):
        raise ShapeError(
            f"repeat(): needs a number >= 0 for each axis of shape {x.shape}, and for each new axis, got {repeats}"
        )
    sizes = (1,) * (len(repeats) - x.ndim) + x.shape
    apart = _reshape(x, shape=tuple(n for size in sizes for n in (1, size)))
    spread = _broadcast_to(apart, shape=tuple(n for pair in zip(repeats, sizes, strict=True) for n in pair))
    y = _reshape(spread, shape=tuple(r * n for r, n in zip(repeats, sizes, strict=True)))
    return y if raw(y).flags.writeable else clone(y)  # y is a view if nothing is repeated, or x is a single number


@implements(np.tile)
def tile(input, *reps, dims=None):
    """Like repeat, but `reps` (or `dims`) may be shorter than the shape, and then applies to the last axes.

    >>> import tinygrad_edu as tg
    >>> tg.tile(tg.tensor([1, 2]), (2,))
    tensor([1, 2, 1, 2])
    """
    reps = _sizes(reps if dims is None else (dims,))
    return repeat(input, (1,) * (input.ndim - len(reps)) + reps)


@torch_names
@refuses_text("repeats")
def repeat_interleave(x, repeats, axis=None):
    """Each element repeated: [a, b] -> [a, a, b, b]; `repeats` may be one number per slice. Without `axis`, x is flattened.

    >>> import tinygrad_edu as tg
    >>> tg.repeat_interleave(tg.tensor([1, 2]), 2)
    tensor([1, 1, 2, 2])
    """
    if axis is None:
        x, axis = reshape(x, (-1,)), 0
    axis = normalize_axis("repeat_interleave", axis, x.ndim)
    counts = np.asarray(raw(repeats))
    if counts.size and counts.min() < 0:
        raise DomainError(f"repeat_interleave(): repeats must not be negative, got {counts.min()}")
    if counts.ndim and counts.shape not in ((1,), (x.shape[axis],)):
        raise ShapeError(
            f"repeat_interleave(): repeats must be one number, or one per slice along axis {axis} of shape {x.shape}, "
            f"got shape {counts.shape}"
        )
    return x[(*(slice(None),) * axis, np.repeat(np.arange(x.shape[axis]), counts))]


implements(np.repeat)(lambda a, repeats, axis=None: repeat_interleave(a, repeats, axis))


@primitive
def _roll(x, *, shifts, axis):
    return np.roll(x, shifts, axis)


_roll.vjp(lambda g, y, x, *, shifts, axis: np.roll(g, tuple(-s for s in shifts), axis))


@implements(np.roll)
@torch_names
@refuses_text("shifts")
def roll(x, shifts, dims=None, *, axis=None):
    """x shifted by `shifts` positions along `dims`; elements shifted beyond one end reappear at the other.

    dims  (or axis) one or several axes; by default, x is flattened before rolling, and its shape restored afterwards

    >>> import tinygrad_edu as tg
    >>> tg.roll(tg.tensor([1, 2, 3]), 1)
    tensor([3, 1, 2])
    """
    axis = dims if axis is None else axis
    if axis is None:
        return reshape(roll(reshape(x, (-1,)), shifts, 0), x.shape)
    shifts = tuple(shifts) if isinstance(shifts, (tuple, list)) else (shifts,)
    axes = tuple(normalize_axis("roll", a, x.ndim) for a in (axis if isinstance(axis, (tuple, list)) else (axis,)))
    if len(shifts) != len(axes):
        raise DomainError(f"roll(): shifts and axis must have the same length, got {shifts} and {axes}")
    return _roll(x, shifts=tuple(map(index, shifts)), axis=axes)


def meshgrid(*tensors, indexing="ij") -> tuple[Tensor, ...]:
    """All combinations of coordinates: vectors of lengths n, m, … -> as many grids, each of shape [n, m, …].

    indexing='xy' swaps the first two axes. np.meshgrid's default is 'xy', PyTorch's is 'ij'.

    >>> import tinygrad_edu as tg
    >>> tg.meshgrid(tg.arange(2), tg.arange(2))[0]
    tensor([[0, 0],
            [1, 1]])
    """
    tensors = tuple(tensors[0]) if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)) else tensors
    if indexing not in ("ij", "xy"):
        raise DomainError(f"meshgrid(): indexing must be 'ij' or 'xy', got {indexing!r}")
    vectors = [atleast_1d(x) for x in tensors]
    swapped = indexing == "xy" and len(vectors) > 1
    place = (1, 0, *range(2, len(vectors))) if swapped else range(len(vectors))  # the axis along which each grid varies
    shape = [0] * len(vectors)
    for axis, x in zip(place, vectors, strict=True):
        shape[axis] = x.shape[0]
    return tuple(
        _broadcast_to(reshape(x, (-1,) + (1,) * (len(shape) - axis - 1)), shape=tuple(shape))
        for axis, x in zip(place, vectors, strict=True)
    )


@implements(np.meshgrid)
def _numpy_meshgrid(*xi, indexing="xy"):
    return list(meshgrid(*xi, indexing=indexing))


def broadcast_tensors(*tensors) -> tuple[Tensor, ...]:
    """The tensors, each expanded to their common shape."""
    shape = np.broadcast_shapes(*(x.shape for x in tensors))
    return tuple(broadcast_to(x, shape) for x in tensors)


implements(np.broadcast_arrays)(broadcast_tensors)


@refuses_text("k")
def rot90(input, k=1, dims=(0, 1)):
    """input rotated by k · 90° in the plane of two axes, from the first towards the second."""
    if input.ndim < 2:
        raise ShapeError(f"rot90(): expects at least two axes, got shape {input.shape}")
    k %= 4
    if k == 2:
        return flip(input, dims)
    turned = flip(input, dims[1] if k == 1 else dims[0]) if k else input
    return transpose(turned, *dims) if k else turned


@refuses_text("size", "step")
def unfold(input, dimension, size, step):
    """Windows of `size` elements along an axis, `step` apart, as a new last axis: PyTorch's method of this name."""
    axis = normalize_axis("unfold", dimension, input.ndim)
    row = input if input.ndim else reshape(input, 1)
    if step < 1 or not 0 <= size <= row.shape[axis]:
        raise DomainError(f"unfold(): size {size} must be in [0, {row.shape[axis]}], and step {step} at least 1")
    patches = windows(movedim(row, axis, -1), kernel=(size,), stride=(step,), dilation=(1,))  # [..., size, windows]
    patches = movedim(patches, -1, axis)
    return patches if input.ndim else reshape(patches, -1)
