"""The order of axes, and of the elements along them. Adjoint pairs: permute ↔ permute, flip ↔ flip."""

import numpy as np

from ..autograd.errors import DomainError, ShapeError
from ..autograd.node import raw
from ..autograd.primitives import implements, primitive
from .axes import normalize_axes, normalize_axis, torch_names
from .shape import _sizes

__all__ = ["transpose", "swapaxes", "permute", "t", "movedim", "flip", "fliplr", "flipud"]
METHODS = [*__all__, "swapdims", "moveaxis", "contiguous"]


@primitive
def _permute(x, *, axes):
    return np.transpose(x, axes)


_permute.vjp(lambda g, y, x, *, axes: np.transpose(g, _inverse(axes)))

_contiguous = primitive(lambda x: np.copy(x, order="C"), lambda g, y, x: g, name="contiguous")


def contiguous(x, memory_format=None):
    """x itself if it is contiguous: in row-major order in memory, without gaps; otherwise a contiguous copy."""
    return x if raw(x).flags.c_contiguous else _contiguous(x)


def _inverse(axes):
    back = [0] * len(axes)
    for i, a in enumerate(axes):
        back[a] = i
    return tuple(back)


def permute(input, *axes, dims=None):
    """input with its axes in a new order.

    >>> import tinygrad_edu as tg
    >>> tg.permute(tg.zeros(2, 3, 4), (2, 0, 1)).shape
    (4, 2, 3)
    """
    axes = tuple(normalize_axis("permute", d, input.ndim) for d in _sizes(axes if dims is None else (dims,)))
    if sorted(axes) != list(range(input.ndim)):
        twice = "duplicate dims are not allowed: " if len(set(axes)) < len(axes) else ""
        raise ShapeError(f"permute(): {twice}for shape {input.shape}, dims must contain each axis once, got {axes}")
    return _permute(input, axes=axes)


def transpose(input, dim0, dim1):
    """input with two axes swapped.

    >>> import tinygrad_edu as tg
    >>> tg.transpose(tg.zeros(2, 3, 4), 0, 2).shape
    (4, 3, 2)
    """
    axes = list(range(input.ndim))
    i, j = normalize_axis("transpose", dim0, input.ndim), normalize_axis("transpose", dim1, input.ndim)
    if input.ndim:
        axes[i], axes[j] = axes[j], axes[i]
    return _permute(input, axes=tuple(axes))


@implements(np.swapaxes)
def swapaxes(input, axis0, axis1):
    """The same as transpose, under NumPy's name."""
    return transpose(input, axis0, axis1)


def t(input):
    """The transpose of a matrix; vectors and scalars are returned unchanged.

    >>> import tinygrad_edu as tg
    >>> tg.t(tg.zeros(2, 3)).shape
    (3, 2)
    """
    if input.ndim > 2:
        raise ShapeError(f"t(): expects at most 2 axes, got shape {input.shape}; use transpose or permute")
    return _permute(input, axes=tuple(reversed(range(input.ndim))))


@implements(np.transpose)
def _numpy_transpose(a, axes=None):
    return _permute(a, axes=tuple(reversed(range(a.ndim)))) if axes is None else permute(a, axes)


@implements(np.moveaxis)
def movedim(input, source, destination):
    """Move the axes `source` to the positions `destination`; the others keep their order.

    >>> import tinygrad_edu as tg
    >>> tg.movedim(tg.zeros(2, 3, 4), 0, -1).shape
    (3, 4, 2)
    """
    sources, places = (normalize_axes("movedim", d, input.ndim) or () for d in (source, destination))
    if len(sources) != len(places):
        raise DomainError(f"movedim(): source {source} and destination {destination} must have the same length")
    order = [i for i in range(input.ndim) if i not in sources]
    for place, source_axis in sorted(zip(places, sources, strict=True)):
        order.insert(place, source_axis)
    return _permute(input, axes=tuple(order))


@primitive
def _flip(x, *, axis):
    return np.flip(x, axis).copy()  # NumPy returns a view: writing to it would change x


_flip.vjp(lambda g, y, x, *, axis: np.flip(g, axis))


@implements(np.flip)
@torch_names
def flip(x, axis=None, *more, dims=None):
    """x with its elements reversed along `axis`, which may be several axes (all by default).

    >>> import tinygrad_edu as tg
    >>> tg.flip(tg.arange(3), 0)
    tensor([2, 1, 0])
    """
    axis = (axis, *more) if more else axis if dims is None else dims
    return _flip(x, axis=normalize_axes("flip", axis, x.ndim))


def fliplr(input):
    """input with its columns in reverse order."""
    if input.ndim < 2:
        raise ShapeError(f"fliplr(): expects at least two axes, got shape {input.shape}")
    return flip(input, 1)


def flipud(input):
    """input with its rows in reverse order."""
    return flip(input, 0)


implements(np.fliplr)(fliplr)
implements(np.flipud)(flipud)


SPELLINGS = {"swapdims": transpose, "moveaxis": movedim}
