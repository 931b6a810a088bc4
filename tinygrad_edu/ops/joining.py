"""Joining and splitting tensors. Adjoint pair: cat ↔ slicing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .._foreign import described
from .._numbers import refuses_text
from .._shapes import unequal_axes
from ..autograd.errors import DomainError, ShapeError
from ..autograd.primitives import implements, primitive
from .axes import normalize_axis, torch_names
from .shape import reshape, unsqueeze

if TYPE_CHECKING:
    from .._tensor import Tensor

__all__ = [
    "cat", "stack", "split", "chunk", "unbind", "hstack", "vstack", "column_stack", "tensor_split",
]  # fmt: skip
METHODS = ["split", "chunk", "unbind", "tensor_split"]
OUT = [name for name in __all__ if name not in {"split", "chunk", "unbind", "tensor_split"}]


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
    """The tensors joined along an existing axis; all other sizes must be equal.

    >>> import tinygrad_edu as tg
    >>> tg.cat([tg.zeros(2), tg.ones(1)])
    tensor([0., 0., 1.])
    """
    tensors = _checked("cat", tensors)
    shapes = [x.shape for x in tensors]
    first = next((s for s in shapes if s != (0,)), shapes[0])
    axis = normalize_axis("cat", axis, len(first))
    if len(first) > 1:  # as in PyTorch, a tensor of shape (0,) fits any other, but its dtype counts
        none = (*first[:axis], 0, *first[axis + 1 :])
        tensors = tuple(reshape(x, none) if x.shape == (0,) else x for x in tensors)
    for i, x in enumerate(tensors):
        if x.ndim != len(first) or x.ndim == 0:
            before = f", and {first} before it" if i else ""
            raise ShapeError(
                f"cat(): tensors must have the same number of axes (at least 1), got shape {x.shape} for tensor {i}{before}"
            )
        for d in range(x.ndim):
            if d != axis and x.shape[d] != first[d]:
                raise ShapeError(
                    f"cat(): Sizes of tensors must match except in dimension {axis}. "
                    f"Expected size {first[d]} but got size {x.shape[d]} for tensor number {i} in the list.",
                    *_mismatch(tensors, axis - len(first)),
                )
    return _cat(*tensors, axis=axis, sizes=tuple(x.shape[axis] for x in tensors))


def _checked(name, tensors):
    """`tensors` as a tuple; raise an error if there are none, or if one has no shape, such as a list."""
    tensors = tuple(tensors)
    if not tensors:
        raise DomainError(f"{name}(): expected a non-empty list of Tensors")
    for i, x in enumerate(tensors):
        if not hasattr(x, "shape"):
            raise TypeError(f"{name}(): expected Tensor as element {i}, but got {described(x)}")
    return tensors


def _mismatch(tensors, but=None):
    """(shape, axes that differ, except `but`) of each tensor; no axes if the tensors differ in ndim."""
    shapes = [x.shape for x in tensors]
    axes = unequal_axes(shapes) - {but} if len({len(s) for s in shapes}) == 1 else set()
    return [(s, axes) for s in shapes]


@implements(np.stack)
@torch_names
def stack(tensors, axis=0):
    """The tensors, all of the same shape, joined along a new axis.

    >>> import tinygrad_edu as tg
    >>> tg.stack([tg.zeros(2), tg.ones(2)])
    tensor([[0., 0.],
            [1., 1.]])
    """
    tensors = _checked("stack", tensors)
    for i, x in enumerate(tensors):
        if x.shape != tensors[0].shape:
            raise ShapeError(
                f"stack expects each tensor to be equal size, but got {list(tensors[0].shape)} at entry 0 and {list(x.shape)} "
                f"at entry {i}",
                *_mismatch(tensors),
            )
    axis = normalize_axis("stack", axis, tensors[0].ndim + 1)
    return cat([unsqueeze(x, axis) for x in tensors], axis)


@torch_names
@refuses_text("split_size")
def split(x, split_size, axis=0) -> tuple[Tensor, ...]:
    """x split along `axis` into pieces of `split_size` (the last may be smaller), or of the sizes in a list.

    >>> import tinygrad_edu as tg
    >>> tg.split(tg.arange(5), 2)
    (tensor([0, 1]), tensor([2, 3]), tensor([4]))
    """
    axis = normalize_axis("split", axis, x.ndim)
    if not x.ndim:
        raise ShapeError("split(): needs at least one axis, got a 0-d tensor")
    n = x.shape[axis]
    if isinstance(split_size, (int, np.integer)):
        if split_size < 0 or (split_size == 0 and n):
            raise DomainError(f"split(): split_size must be positive, got {split_size}")
        sizes = [min(split_size, n - i) for i in range(0, n, split_size or 1)] or [0]
    else:
        if not isinstance(split_size, (list, tuple)) and not np.ndim(split_size):
            raise TypeError(f"split(): split_size must be an int or a list of ints, got {split_size!r}")
        sizes = list(split_size)
        if min(sizes, default=0) < 0 or sum(sizes) != n:
            raise ShapeError(
                f"split(): the sizes {sizes} must be at least 0 and sum to {n}, the size of axis {axis} of shape {x.shape}"
            )
    ends = np.cumsum(sizes).tolist()
    before = (slice(None),) * axis
    return tuple(x[(*before, slice(end - size, end))] for size, end in zip(sizes, ends, strict=True))


@torch_names
@refuses_text("chunks")
def chunk(x, chunks, axis=0) -> tuple[Tensor, ...]:
    """x split along `axis` into at most `chunks` pieces of equal size (the last may be smaller).

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
    """Join tensors horizontally: along axis 1, or axis 0 for vectors."""
    tensors = [reshape(x, (1,)) if x.ndim == 0 else x for x in _checked("hstack", tensors)]
    return cat(tensors, 0 if tensors[0].ndim == 1 else 1)


def vstack(tensors):
    """Join tensors vertically: along axis 0, where a vector is treated as a row."""
    return cat([reshape(x, (1, -1)) if x.ndim < 2 else x for x in _checked("vstack", tensors)])


def column_stack(tensors):
    """Join vectors as the columns of a matrix; matrices are joined horizontally."""
    return cat([reshape(x, (-1, 1)) if x.ndim < 2 else x for x in _checked("column_stack", tensors)], 1)


implements(np.hstack)(hstack)
implements(np.vstack)(vstack)
implements(np.column_stack)(column_stack)


@implements(np.split)
def _numpy_split(ary, indices_or_sections, axis=0):
    if np.ndim(indices_or_sections) == 0 and ary.shape[axis] % indices_or_sections:
        raise ShapeError(
            f"split: axis {axis} of shape {ary.shape} cannot be divided into {indices_or_sections} equal parts; "
            "use np.array_split for unequal ones"
        )
    return _numpy_array_split(ary, indices_or_sections, axis)


@implements(np.array_split)
def _numpy_array_split(ary, indices_or_sections, axis=0):
    pieces = np.array_split(np.arange(ary.shape[axis]), indices_or_sections)
    return list(split(ary, [len(piece) for piece in pieces], axis))


@refuses_text("indices_or_sections", "dim")
def tensor_split(input, indices_or_sections, dim=0) -> tuple[Tensor, ...]:
    """input split along `dim` into the given number of pieces, or before each of the given indices."""
    if not input.ndim:
        raise ShapeError("tensor_split(): needs at least one axis, got a 0-d tensor")
    return tuple(_numpy_array_split(input, indices_or_sections, dim))


SPELLINGS = {"concat": cat, "concatenate": cat}
OUT += SPELLINGS
