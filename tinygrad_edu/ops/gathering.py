"""Gathering and scattering along an axis: selected elements, selected slices, and elements where a mask is True."""

from __future__ import annotations

import functools
import math
import operator
from typing import TYPE_CHECKING, Literal, overload

import numpy as np

from .._numbers import refuses_text
from ..autograd.arrays import as_array, decide, require_fits, require_numbers
from ..autograd.errors import DomainError, DtypeError, IndexRangeError, ShapeError, broadcast_shapes
from ..autograd.node import is_tensor, raw, snapshot
from ..autograd.primitives import implements
from .axes import like, normalize_axis, refuse_gradient, torch_names
from .elementwise import where
from .indexing import _add_at, _index, _put

if TYPE_CHECKING:
    from .._tensor import Tensor

__all__ = [
    "take_along_dim", "gather", "scatter", "scatter_add", "index_select", "index_add", "index_copy", "index_fill", "take",
    "select", "narrow", "masked_select", "masked_fill", "masked_scatter", "nonzero",
]  # fmt: skip
METHODS = __all__
IN_PLACE = ["scatter", "scatter_add", "index_add", "index_copy", "index_fill", "masked_fill", "masked_scatter"]
OUT = ["take_along_dim", "gather", "index_select", "masked_select", "nonzero"]


# --- one index per element ---


def _row(function):
    """Decorator: treat a 0-d x, with 0-d arguments, as a row with one element, as in PyTorch."""

    @functools.wraps(function)
    def call(x, *args, **params):
        if x.ndim:
            return function(x, *args, **params)
        args = [_flat_if_0d(y) for y in args]
        answer = function(x.reshape(1), *args, **{key: _flat_if_0d(y) for key, y in params.items()})
        return answer.reshape(())

    return call


def _flat_if_0d(x):
    return x.reshape(1) if getattr(x, "ndim", None) == 0 else x


def _index_array(name, index, axis, size):
    """`index` as an integer array whose entries are in [0, size)."""
    index = as_array(snapshot(index))
    if index.dtype.kind not in "iu":
        raise DtypeError(f"{name}(): the index must hold integers, got {index.dtype}; use .long()")
    if index.size and decide((index.min() < 0) | (index.max() >= size)):
        bad = index[(index < 0) | (index >= size)].flat[0]
        raise IndexRangeError(f"{name}(): index {bad} is out of bounds for dimension {axis} with size {size}")
    return index


def _along(index, axis, shape):
    """A key with `index` at `axis`, and 0, 1, 2, … along every other axis of `shape`."""
    grid = [np.arange(n).reshape((-1,) + (1,) * (len(shape) - d - 1)) for d, n in enumerate(shape)]
    grid[axis] = index
    return tuple(grid)


@implements(np.take_along_axis)
@torch_names
def take_along_dim(x, indices, axis=None):
    """The elements of x at `indices` along `axis`: y[i, j] = x[indices[i, j], j] for axis 0; the other axes broadcast.

    Without axis, x and indices are flattened.

    >>> import tinygrad_edu as tg
    >>> x = tg.tensor([[1.0, 2.0], [3.0, 4.0]])
    >>> tg.take_along_dim(x, tg.tensor([[1], [0]]), 1)
    tensor([[2.],
            [3.]])
    """
    if axis is None:
        return _index(x.reshape(-1), key=_index_array("take_along_dim", indices, 0, x.reshape(-1).shape[0]).reshape(-1))
    axis = normalize_axis("take_along_dim", axis, x.ndim)
    indices = _index_array("take_along_dim", indices, axis, x.shape[axis])
    pairs = enumerate(zip(indices.shape, x.shape, strict=False))
    fits = indices.ndim == x.ndim and all(n == m or 1 in (n, m) or d == axis for d, (n, m) in pairs)
    if not fits:
        raise ShapeError(
            f"take_along_dim(): indices must have the sizes of the input {x.shape}, or 1, except along axis {axis}, "
            f"got {indices.shape}"
        )
    return _index(x, key=_along(indices, axis, x.shape))


@torch_names
def gather(x, axis, index):
    """y[i][j] = x[index[i][j]][j] for axis 0: one element of x per element of `index`.

    >>> import tinygrad_edu as tg
    >>> tg.gather(tg.tensor([[1.0, 2.0], [3.0, 4.0]]), 1, tg.tensor([[0], [1]]))
    tensor([[1.],
            [4.]])
    """
    if x.ndim + np.ndim(raw(index)) == 1:  # a 0-d tensor is treated as a row with one element, as in PyTorch
        axis = normalize_axis("gather", axis, 1)
        row = _index_array("gather", index, 0, x.shape[0] if x.ndim else 1)
        return _index(x.reshape(-1), key=(np.array(row),))
    axis, index = _fitting("gather", x, axis, index, x.shape)
    return _index(x, key=_along(index, axis, index.shape)) if x.ndim else x.reshape(index.shape)


def _fitting(name, x, axis, index, limit):
    """axis and index, checked: index must have as many axes as x, and be no larger than `limit` except along axis."""
    axis = normalize_axis(name, axis, x.ndim)
    index = _index_array(name, index, axis, x.shape[axis] if x.ndim else 1)
    if index.ndim != x.ndim or any(index.shape[d] > limit[d] for d in range(x.ndim) if d != axis):
        raise ShapeError(f"{name}(): index of shape {index.shape} must fit inside {limit} except along axis {axis}")
    return axis, index


@torch_names
@_row
def scatter(x, axis, index, src=None, *, value=None, reduce=None):
    """A copy y of x with y[index[i][j]][j] = src[i][j] for axis 0; `src` may be a number (PyTorch then calls it `value`).

    If an index is repeated, the last one wins, and only its element of src gets a gradient. reduce='add' adds instead, and
    'multiply' multiplies (which has no gradient).

    >>> import tinygrad_edu as tg
    >>> tg.scatter(tg.zeros(2, 3), 1, tg.tensor([[2], [0]]), 1.0)
    tensor([[0., 0., 1.],
            [1., 0., 0.]])
    """
    axis, index = _fitting("scatter", x, axis, index, x.shape)
    part, key = _first_part("scatter", value if src is None else src, index), _along(index, axis, index.shape)
    if reduce is None:
        return _put(x, part, key=key)
    if reduce == "add":
        part = part if np.ndim(raw(part)) else np.full(index.shape, part, x.dtype)
        return x + _add_at(part, key=key, shape=x.shape)
    if reduce != "multiply":
        raise DomainError(f"scatter(): reduce must be None, 'add' or 'multiply', got {reduce!r}")
    refuse_gradient("scatter(reduce='multiply')", x, part)
    answer = np.copy(raw(x))
    np.multiply.at(answer, key, np.asarray(raw(part)).astype(x.dtype))
    return like(x, answer)


@torch_names
@_row
def scatter_add(x, axis, index, src):
    """A copy y of x with src[i][j] added to y[index[i][j]][j] for axis 0; repeated indices add up.

    >>> import tinygrad_edu as tg
    >>> tg.scatter_add(tg.zeros(3), 0, tg.tensor([0, 2, 2]), tg.ones(3))
    tensor([1., 0., 2.])
    """
    axis, index = _fitting("scatter_add", x, axis, index, x.shape)
    return x + _add_at(_first_part("scatter_add", src, index), key=_along(index, axis, index.shape), shape=x.shape)


def _first_part(name, src, index):
    """The elements of src that have an index."""
    if isinstance(src, (int, float)):
        return src
    if src.ndim != index.ndim or any(n > m for n, m in zip(index.shape, src.shape, strict=True)):
        raise ShapeError(f"{name}(): index of shape {index.shape} must fit inside src of shape {src.shape}")
    return src if src.shape == index.shape else _index(src, key=tuple(slice(n) for n in index.shape))


# --- one index per slice ---


@torch_names
@_row
def index_select(x, axis, index):
    """The slices of x at `index` along `axis`.

    >>> import tinygrad_edu as tg
    >>> tg.index_select(tg.tensor([10.0, 20.0, 30.0]), 0, tg.tensor([2, 2, 0]))
    tensor([30., 30., 10.])
    """
    axis = normalize_axis("index_select", axis, x.ndim)
    return _index(x, key=(*(slice(None),) * axis, _index_array("index_select", index, axis, x.shape[axis])))


@torch_names
@_row
def index_add(x, axis, index, source, *, alpha=1):
    """A copy of x with slice i of alpha · source added to slice index[i], both along `axis`; repeated indices add up.

    >>> import tinygrad_edu as tg
    >>> tg.index_add(tg.zeros(2), 0, tg.tensor([1, 1]), tg.tensor([3.0, 4.0]))
    tensor([0., 7.])
    """
    axis = normalize_axis("index_add", axis, x.ndim)
    key = (*(slice(None),) * axis, _index_array("index_add", index, axis, x.shape[axis]))
    return x + _add_at(source if alpha == 1 else alpha * source, key=key, shape=x.shape)


@torch_names
@_row
def index_copy(x, axis, index, source):
    """A copy of x with the slices at `index` along `axis` replaced by those of `source`; of repeated indices, the last wins.

    >>> import tinygrad_edu as tg
    >>> tg.index_copy(tg.zeros(3), 0, tg.tensor([2, 0]), tg.tensor([5.0, 7.0]))
    tensor([7., 0., 5.])
    """
    axis = normalize_axis("index_copy", axis, x.ndim)
    index = _index_array("index_copy", index, axis, x.shape[axis]).reshape(-1)
    expected = (*x.shape[:axis], index.size, *x.shape[axis + 1 :])
    if source.shape != expected:
        raise ShapeError(f"index_copy(): source must have shape {expected}, got {source.shape}")
    if source.dtype != x.dtype:
        raise DtypeError(f"index_copy(): x and source must have the same dtype, got {x.dtype} and {source.dtype}")
    return _put(x, source, key=(*(slice(None),) * axis, index))


@torch_names
@_row
def index_fill(x, axis, index, value):
    """A copy of x in which the slices at `index` along `axis` are filled with `value`."""
    axis = normalize_axis("index_fill", axis, x.ndim)
    require_fits("index_fill()", value, x.dtype)
    return _put(x, value, key=(*(slice(None),) * axis, _index_array("index_fill", index, axis, x.shape[axis])))


@implements(np.take)
@torch_names
def take(x, index, axis=None):
    """The elements of the flattened x at `index`; with an axis, the slices of x, as in np.take.

    >>> import tinygrad_edu as tg
    >>> tg.take(tg.tensor([[1.0, 2.0], [3.0, 4.0]]), tg.tensor([3, 0]))
    tensor([4., 1.])
    """
    if axis is None:
        return _index(x.reshape(-1), key=as_array(snapshot(index)))
    return _index(x, key=(*(slice(None),) * normalize_axis("take", axis, x.ndim), as_array(snapshot(index))))


@torch_names
@refuses_text("index")
def select(x, axis, index):
    """The slice of x at one index along `axis`, without that axis."""
    return _index(x, key=(*(slice(None),) * normalize_axis("select", axis, x.ndim), operator.index(index)))


@torch_names
@refuses_text("start", "length")
def narrow(x, axis, start, length):
    """The slices start, …, start + length − 1 of x along `axis`.

    >>> import tinygrad_edu as tg
    >>> tg.narrow(tg.arange(5), 0, 1, 3)
    tensor([1, 2, 3])
    """
    axis = normalize_axis("narrow", axis, x.ndim)
    if not x.ndim:
        raise ShapeError("narrow(): needs at least one axis, got a 0-d tensor")
    first = int(start) + (x.shape[axis] if start < 0 else 0)
    if length < 0 or first < 0 or first + length > x.shape[axis]:
        raise IndexRangeError(
            f"narrow(): start {start} and length {length} must stay within axis {axis}, which has size {x.shape[axis]}"
        )
    return _index(x, key=(*(slice(None),) * axis, slice(first, first + length)))


def masked_select(input, mask):
    """The elements of input where `mask` is True, as a 1-d tensor.

    >>> import tinygrad_edu as tg
    >>> x = tg.tensor([1.0, -2.0, 3.0])
    >>> tg.masked_select(x, x > 0)
    tensor([1., 3.])
    """
    mask = as_array(snapshot(mask))
    if mask.dtype != np.bool_:
        raise DtypeError(f"masked_select(): expected a boolean mask, got {mask.dtype}")
    shape = broadcast_shapes("masked_select", input.shape, mask.shape)
    return _index(np.broadcast_to(input, shape), key=np.broadcast_to(mask, shape))


def masked_fill(input, mask, value):
    """input with `value`, a number, where `mask` is True; in an input of integers, a fractional value is truncated.

    >>> import tinygrad_edu as tg
    >>> tg.masked_fill(tg.tensor([1.0, 2.0]), tg.tensor([True, False]), 0.0)
    tensor([0., 2.])
    """
    if raw(mask).dtype != np.bool_:
        raise DtypeError(f"masked_fill(): expected a boolean mask, got {raw(mask).dtype}; use a comparison")
    if np.ndim(raw(value)):
        raise ShapeError(
            f"masked_fill(): the value must be one number, got shape {np.shape(raw(value))}; use where() for others"
        )
    if input.dtype.kind in "iu" and not np.isfinite(raw(value)):
        raise DomainError(f"masked_fill(): {input.dtype} cannot represent {float(value)}; convert first, with .float()")
    require_fits("masked_fill()", value, input.dtype)
    value = value.astype(input.dtype) if is_tensor(value) else require_numbers("masked_fill()", value).astype(input.dtype)
    return where(mask, value, input)


def masked_scatter(input, mask, source):
    """input with the first elements of `source`, in order, where `mask` is True; the shapes of input and mask broadcast.

    >>> import tinygrad_edu as tg
    >>> tg.masked_scatter(tg.zeros(3), tg.tensor([True, False, True]), tg.tensor([5.0, 7.0, 9.0]))
    tensor([5., 0., 7.])
    """
    mask = as_array(snapshot(mask))
    if mask.dtype != np.bool_:
        raise DtypeError(f"masked_scatter(): expected a boolean mask, got {mask.dtype}; use a comparison")
    if source.dtype != input.dtype:
        raise DtypeError(f"masked_scatter(): input and source must have the same dtype, got {input.dtype} and {source.dtype}")
    mask = np.broadcast_to(mask, broadcast_shapes("masked_scatter", input.shape, mask.shape))
    wanted, size = int(np.count_nonzero(mask)), math.prod(source.shape)
    if wanted > size:
        raise ShapeError(
            f"masked_scatter(): the number of True elements of the mask, {wanted}, exceeds the size of source, {size}"
        )
    return _put(np.broadcast_to(input, mask.shape), source.reshape(-1)[:wanted], key=mask)


@overload
def nonzero(input, *, as_tuple: Literal[False] = False) -> Tensor: ...
@overload
def nonzero(input, *, as_tuple: Literal[True]) -> tuple[Tensor, ...]: ...
def nonzero(input, *, as_tuple=False):
    """The indices of the elements that are not 0: one row per element or, with as_tuple, one tensor per axis."""
    indices = np.nonzero(np.atleast_1d(raw(input)))
    if as_tuple:
        return tuple(like(input, i) for i in indices)
    return like(input, np.stack(indices, axis=-1).astype(np.int64)[:, : input.ndim])


implements(np.nonzero)(lambda a: nonzero(a, as_tuple=True))
