"""Shapes: the same numbers, arranged anew. Adjoint pairs: reshape ↔ reshape, transpose ↔ transpose, broadcast_to ↔ sum."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

import numpy as np

from .._shapes import unequal_axes
from ..autograd.arrays import lifted
from ..autograd.errors import DomainError, ShapeError
from ..autograd.node import is_tensor, raw
from ..autograd.primitives import implements, primitive
from .axes import normalize_axes, normalize_axis, torch_names

if TYPE_CHECKING:
    from .._tensor import Tensor

__all__ = [
    "reshape", "flatten", "unflatten", "ravel", "numel",
    "squeeze", "unsqueeze", "atleast_1d", "atleast_2d", "transpose", "swapaxes", "permute", "t", "movedim",
    "flip", "fliplr", "flipud", "broadcast_to", "expand", "cat", "stack", "split", "chunk", "unbind", "hstack", "vstack",
    "column_stack", "tensor_split", "pad_axes", "pad",
]  # fmt: skip
METHODS = [
    "reshape", "view", "view_as", "reshape_as", "flatten", "unflatten", "ravel", "numel", "nelement", "squeeze", "unsqueeze",
    "transpose", "swapaxes", "permute", "t", "movedim", "flip", "fliplr", "flipud", "broadcast_to", "expand", "expand_as",
    "split", "chunk", "unbind", "tensor_split", "contiguous",
]  # fmt: skip


def _sizes(shape):
    """f(2, 3), f((2, 3)) and f([2, 3]) all mean (2, 3)."""
    if len(shape) == 1 and not isinstance(shape[0], (int, np.integer)) and not is_tensor(shape[0]):
        shape = shape[0]
    return tuple(int(n) for n in shape)


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
    """The elements of input in row-major order under a new shape; one size may be -1: what is left.

    >>> import tinygrad_edu as tg
    >>> tg.reshape(tg.arange(6), (2, -1)).shape
    (2, 3)
    """
    shape = _sizes(sizes if shape is None else (shape,))
    known, n = prod(size for size in shape if size != -1), prod(input.shape)
    fits = n == known if -1 not in shape else shape.count(-1) == 1 and known > 0 and n % known == 0
    if not fits or any(size < -1 for size in shape):
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
    """Axes start_dim to end_dim made one.

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
    """Axis `axis` cut into several axes of the given sizes; one may be -1.

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
    """input as one axis."""
    return reshape(input, (-1,)) if prod(input.shape) else reshape(input, (0,))


@torch_names
def squeeze(x, axis=None):
    """x without its axes of size 1, or without those in `axis` that have size 1.

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
        raise ShapeError(f"squeeze: axis {kept[0]} of shape {a.shape} cannot be squeezed out, its size is not 1")
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
    """x, or a 0-d x as a row of one."""
    return x if x.ndim else _reshape(x, shape=(1,))


def atleast_2d(x):
    """x with at least two axes; a vector becomes one row."""
    return x if x.ndim > 1 else _reshape(x, shape=(1, prod(x.shape)))


implements(np.atleast_1d)(atleast_1d)
implements(np.atleast_2d)(atleast_2d)


# --- transpose ---


@primitive
def _permute(x, *, axes):
    return np.transpose(x, axes)


_permute.vjp(lambda g, y, x, *, axes: np.transpose(g, _inverse(axes)))

_contiguous = primitive(lambda x: np.copy(x, order="C"), lambda g, y, x: g, name="contiguous")


def contiguous(x, memory_format=None):
    """x itself if its elements lie in memory in row-major order without gaps, else a copy that does."""
    return x if raw(x).flags.c_contiguous else _contiguous(x)


def _inverse(axes):
    back = [0] * len(axes)
    for i, a in enumerate(axes):
        back[a] = i
    return tuple(back)


def permute(input, *axes, dims=None):
    """The axes of input in a new order.

    >>> import tinygrad_edu as tg
    >>> tg.permute(tg.zeros(2, 3, 4), (2, 0, 1)).shape
    (4, 2, 3)
    """
    axes = tuple(normalize_axis("permute", d, input.ndim) for d in _sizes(axes if dims is None else (dims,)))
    if sorted(axes) != list(range(input.ndim)):
        raise ShapeError(f"permute(): dims {axes} must name each of the {input.ndim} axes once")
    return _permute(input, axes=axes)


def transpose(input, dim0, dim1):
    """input with two axes exchanged.

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
    """transpose, under NumPy's name."""
    return transpose(input, axis0, axis1)


def t(input):
    """The transpose of a matrix; vectors and scalars stay as they are.

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
    """Move axes `source` to the places `destination`; the others keep their order.

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
    return np.flip(x, axis).copy()  # NumPy's is a view: writing into it would change x


_flip.vjp(lambda g, y, x, *, axis: np.flip(g, axis))


@implements(np.flip)
@torch_names
def flip(x, axis=None, *more, dims=None):
    """x with the order of its elements along `axis`, one or several (all by default), turned round.

    >>> import tinygrad_edu as tg
    >>> tg.flip(tg.arange(3), 0)
    tensor([2, 1, 0])
    """
    axis = (axis, *more) if more else axis if dims is None else dims
    return _flip(x, axis=normalize_axes("flip", axis, x.ndim))


def fliplr(input):
    """The columns in reverse order."""
    if input.ndim < 2:
        raise ShapeError(f"fliplr(): expects at least two axes, got shape {input.shape}")
    return flip(input, 1)


def flipud(input):
    """The rows in reverse order."""
    return flip(input, 0)


implements(np.fliplr)(fliplr)
implements(np.flipud)(flipud)


# --- broadcasting: adjoint of sum ---


@primitive
def _broadcast_to(x, *, shape):
    return np.broadcast_to(x, shape)


_broadcast_to.vjp(lambda g, y, x, *, shape: g)  # the engine sums over what was stretched


@implements(np.broadcast_to)
def broadcast_to(input, size):
    """input stretched to `size`: sizes of 1 are repeated, without a copy; -1 keeps a size.

    >>> import tinygrad_edu as tg
    >>> tg.broadcast_to(tg.tensor([[1.0], [2.0]]), (2, 3))
    tensor([[1., 1., 1.],
            [2., 2., 2.]])
    """
    return _stretch("broadcast_to", input, _sizes((size,)))


def _stretch(name, x, sizes):
    own = (1,) * (len(sizes) - x.ndim) + x.shape
    shape = tuple(m if n == -1 else n for n, m in zip(sizes, own, strict=False))
    if len(own) != len(sizes) or any(n not in (1, m) for n, m in zip(own, shape, strict=True)):
        raise ShapeError(f"{name}(): shape {x.shape} cannot be stretched to {shape}: sizes must be equal or 1, from the right")
    return _broadcast_to(x, shape=shape)


def expand(input, *sizes, size=None):
    """broadcast_to, in PyTorch's spelling: -1 keeps a size.

    >>> import tinygrad_edu as tg
    >>> tg.zeros(3, 1).expand(-1, 4).shape
    (3, 4)
    """
    return _stretch("expand", input, _sizes(sizes if size is None else (size,)))


def expand_as(input, other):
    """input stretched to the shape of `other`."""
    return expand(input, other.shape)


# --- joining and splitting ---


@primitive
def _cat(*tensors, axis, sizes):
    return np.concatenate(tensors, axis=axis)


@_cat.joint_vjp
def _(g, y, *tensors, axis, sizes, wanted):
    ends = np.cumsum(sizes).tolist()
    before = (slice(None),) * axis
    return [g[(*before, slice(end - n, end))] if w else None for n, end, w in zip(sizes, ends, wanted, strict=True)]


@implements(np.concatenate)
@torch_names
def cat(tensors, axis=0):
    """The tensors joined along an axis they have; all other sizes must agree.

    >>> import tinygrad_edu as tg
    >>> tg.cat([tg.zeros(2), tg.ones(1)])
    tensor([0., 0., 1.])
    """
    tensors = tuple(tensors)
    if not tensors:
        raise DomainError("cat(): expected a non-empty list of Tensors")
    shapes = [x.shape for x in tensors]
    first = next((s for s in shapes if s != (0,)), shapes[0])
    axis = normalize_axis("cat", axis, len(first))
    if len(first) > 1:  # [] starts a list of anything, as in PyTorch, and has a say in the dtype
        none = (*first[:axis], 0, *first[axis + 1 :])
        tensors = tuple(reshape(x, none) if x.shape == (0,) else x for x in tensors)
    for i, x in enumerate(tensors):
        if x.ndim != len(first) or x.ndim == 0:
            raise ShapeError(
                f"cat(): tensors must have the same number of axes (at least 1), got {first} and {x.shape} (number {i})"
            )
        for d in range(x.ndim):
            if d != axis and x.shape[d] != first[d]:
                raise ShapeError(
                    f"cat(): Sizes of tensors must match except in dimension {axis}. "
                    f"Expected size {first[d]} but got size {x.shape[d]} for tensor number {i} in the list.",
                    *_mismatch(tensors, axis - len(first)),
                )
    return _cat(*tensors, axis=axis, sizes=tuple(x.shape[axis] for x in tensors))


def _mismatch(tensors, but=None):
    """(shape, axes that differ) of tensors that are to be joined along the axis `but`; no axis where their ranks differ."""
    shapes = [x.shape for x in tensors]
    axes = unequal_axes(shapes) - {but} if len({len(s) for s in shapes}) == 1 else set()
    return [(s, axes) for s in shapes]


@implements(np.stack)
@torch_names
def stack(tensors, axis=0):
    """The tensors, all of one shape, joined along a new axis.

    >>> import tinygrad_edu as tg
    >>> tg.stack([tg.zeros(2), tg.ones(2)])
    tensor([[0., 0.],
            [1., 1.]])
    """
    tensors = tuple(tensors)
    if not tensors:
        raise DomainError("stack(): expected a non-empty list of Tensors")
    for i, x in enumerate(tensors):
        if x.shape != tensors[0].shape:
            raise ShapeError(
                f"stack(): each tensor must have the same shape, got {tensors[0].shape} and {x.shape} (number {i})",
                *_mismatch(tensors),
            )
    axis = normalize_axis("stack", axis, tensors[0].ndim + 1)
    return cat([unsqueeze(x, axis) for x in tensors], axis)


@torch_names
def split(x, split_size, axis=0) -> tuple[Tensor, ...]:
    """x cut along `axis` into pieces of `split_size` (the last may be smaller), or of the sizes in a list.

    >>> import tinygrad_edu as tg
    >>> tg.split(tg.arange(5), 2)
    (tensor([0, 1]), tensor([2, 3]), tensor([4]))
    """
    axis = normalize_axis("split", axis, x.ndim)
    if not x.ndim:
        raise ShapeError("split(): needs at least one axis, got a 0-d tensor")
    n = x.shape[axis]
    if isinstance(split_size, int):
        if split_size < 0 or (split_size == 0 and n):
            raise DomainError(f"split(): split_size must be positive, got {split_size}")
        sizes = [min(split_size, n - i) for i in range(0, n, split_size or 1)] or [0]
    else:
        sizes = list(split_size)
        if min(sizes, default=0) < 0 or sum(sizes) != n:
            raise ShapeError(
                f"split(): the sizes {sizes} must be at least 0 and sum to {n}, the size of axis {axis} of shape {x.shape}"
            )
    ends = np.cumsum(sizes).tolist()
    before = (slice(None),) * axis
    return tuple(x[(*before, slice(end - size, end))] for size, end in zip(sizes, ends, strict=True))


@torch_names
def chunk(x, chunks, axis=0) -> tuple[Tensor, ...]:
    """x cut along `axis` into at most `chunks` pieces of equal size (the last may be smaller).

    >>> import tinygrad_edu as tg
    >>> [len(piece) for piece in tg.chunk(tg.arange(7), 3)]
    [3, 3, 1]
    """
    if chunks <= 0:
        raise DomainError(f"chunk(): chunks must be positive, got {chunks}")
    if not x.ndim:
        raise ShapeError("chunk(): needs at least one axis, got a 0-d tensor")
    n = x.shape[normalize_axis("chunk", axis, x.ndim)]
    if n == 0:
        return split(x, [0] * chunks, axis)
    return split(x, max(-(-n // chunks), 1), axis)


@torch_names
def unbind(x, axis=0) -> tuple[Tensor, ...]:
    """The slices of x along `axis`, as a tuple.

    >>> import tinygrad_edu as tg
    >>> tg.unbind(tg.tensor([1.0, 2.0]))
    (tensor(1.), tensor(2.))
    """
    axis = normalize_axis("unbind", axis, x.ndim)
    if not x.ndim:
        raise IndexError("unbind(): needs at least one axis, got a 0-d tensor")
    before = (slice(None),) * axis
    return tuple(x[(*before, i)] for i in range(x.shape[axis]))


def hstack(tensors):
    """Joined side by side: along axis 1, or axis 0 for vectors."""
    tensors = [reshape(x, (1,)) if x.ndim == 0 else x for x in tensors]
    return cat(tensors, 0 if tensors and tensors[0].ndim == 1 else 1)


def vstack(tensors):
    """Joined on top of each other: along axis 0, a vector counts as a row."""
    return cat([reshape(x, (1, -1)) if x.ndim < 2 else x for x in tensors])


def column_stack(tensors):
    """Vectors as columns of a matrix, matrices side by side."""
    return cat([reshape(x, (-1, 1)) if x.ndim < 2 else x for x in tensors], 1)


implements(np.hstack)(hstack)
implements(np.vstack)(vstack)
implements(np.column_stack)(column_stack)


@implements(np.split)
def _numpy_split(ary, indices_or_sections, axis=0):
    if np.ndim(indices_or_sections) == 0 and ary.shape[axis] % indices_or_sections:
        raise ShapeError(
            f"split: axis {axis} of shape {ary.shape} does not divide into {indices_or_sections} equal parts; "
            "np.array_split makes unequal ones"
        )
    return _numpy_array_split(ary, indices_or_sections, axis)


@implements(np.array_split)
def _numpy_array_split(ary, indices_or_sections, axis=0):
    pieces = np.array_split(np.arange(ary.shape[axis]), indices_or_sections)
    return list(split(ary, [len(piece) for piece in pieces], axis))


def tensor_split(input, indices_or_sections, dim=0) -> tuple[Tensor, ...]:
    """input cut along `dim` into so many pieces, or before each of the indices."""
    if not input.ndim:
        raise ShapeError("tensor_split(): needs at least one axis, got a 0-d tensor")
    return tuple(_numpy_array_split(input, indices_or_sections, dim))


# --- padding: adjoint of slicing ---


@primitive
def _pad(x, *, widths, value):
    out = lifted(np.full(tuple(a + n + b for n, (a, b) in zip(x.shape, widths, strict=True)), value, x.dtype), x)
    out[_inside(x.shape, widths)] = x
    return out


_pad.vjp(lambda g, y, x, *, widths, value: g[_inside(x.shape, widths)])


def _inside(shape, widths):
    return tuple(slice(a, a + n) for n, (a, _) in zip(shape, widths, strict=True))


def pad_axes(x, widths, value=0):
    """x with `value` around its last axes: widths is one pair (before, after) for each of them."""
    if all(a == b == 0 for a, b in widths):
        return x
    return _pad(x, widths=((0, 0),) * (x.ndim - len(widths)) + tuple(widths), value=value)


_NUMPY_MODE = {"reflect": "reflect", "replicate": "edge", "circular": "wrap"}


def pad(x, pad, mode="constant", value=None):
    """x with more elements at its ends: `pad` counts them from the last axis on, (left, right, top, bottom, …).

    mode 'constant' puts `value` (0) there, 'reflect' mirrors without repeating the edge, 'replicate' repeats the edge,
    'circular' goes round. Negative numbers cut off.

    >>> import tinygrad_edu as tg
    >>> tg.pad(tg.tensor([1.0, 2.0]), (1, 2))
    tensor([0., 1., 2., 0., 0.])
    """
    if len(pad) % 2 or len(pad) > 2 * x.ndim:
        raise DomainError(f"pad(): pad must hold two ints for each padded axis of shape {x.shape}, got {tuple(pad)}")
    widths = [(int(pad[i]), int(pad[i + 1])) for i in range(len(pad) - 2, -1, -2)]  # in the order of the axes
    first = x.ndim - len(widths)
    if any(min(w) < 0 for w in widths):
        if any(n + min(a, 0) + min(b, 0) < 0 for n, (a, b) in zip(x.shape[first:], widths, strict=True)):
            raise ShapeError(f"pad(): {tuple(pad)} cuts off more than there is of shape {x.shape}")
        cut = [slice(max(-a, 0), n - max(-b, 0)) for n, (a, b) in zip(x.shape[first:], widths, strict=True)]
        x = x[(..., *cut)]
        widths = [(max(a, 0), max(b, 0)) for a, b in widths]
    if mode != "constant" and mode not in _NUMPY_MODE:
        raise DomainError(f"pad(): mode must be 'constant', 'reflect', 'replicate' or 'circular', got {mode!r}")
    if mode == "constant" or not any(map(any, widths)):
        return _pad(x, widths=((0, 0),) * first + tuple(widths), value=0 if value is None else value)
    for axis, (a, b) in enumerate(widths, first):
        n = x.shape[axis]
        if (mode == "reflect" and max(a, b) >= n) or (mode == "circular" and max(a, b) > n):
            raise ShapeError(f"pad(): mode {mode!r} cannot pad axis {axis} of shape {x.shape} by {(a, b)}: it is too short")
        if a or b:
            x = x[(*(slice(None),) * axis, np.pad(np.arange(n), (a, b), mode=_NUMPY_MODE[mode]))]
    return x


@implements(np.pad)
def _numpy_pad(array, pad_width, mode="constant", *, constant_values=0):
    """np.pad: constant, reflect, edge and wrap."""
    widths = np.broadcast_to(pad_width, (array.ndim, 2)).tolist()
    flat = [n for pair in reversed(widths) for n in pair]
    return pad(array, flat, {v: k for k, v in _NUMPY_MODE.items()}.get(mode, mode), constant_values)


SPELLINGS = {"concat": cat, "concatenate": cat, "swapdims": transpose, "moveaxis": movedim}
METHODS += ["swapdims", "moveaxis"]
