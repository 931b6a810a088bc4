"""Indexing, read and adjoint: x[key] ↔ scatter_add. Repeated indices add up."""

import numpy as np

from ..autograd.errors import ShapeError
from ..autograd.primitive import implements, is_tensor, primitive, raw
from .axes import normalize_axis, torch_names


def plain_key(key):
    """An index without Tensors in it: NumPy's own kinds only. Lists mean arrays, as in PyTorch."""
    if isinstance(key, tuple):
        return tuple(plain_key(k) for k in key)
    if is_tensor(key):
        key = key._data
        return int(key) if key.ndim == 0 and key.dtype.kind in "iu" else key
    if isinstance(key, (list, range)):
        return np.asarray([raw(k) for k in key], dtype=None if len(key) else np.int64)
    return key


def _is_basic(key):
    """Only ints, slices, None and …: each element is read at most once, and the result is a view."""
    return all(not isinstance(k, np.ndarray) for k in (key if isinstance(key, tuple) else (key,)))


@primitive
def _index(x, *, key):
    return x[key]


_index.op.name = "index"
_index.vjp(lambda g, y, x, *, key: scatter(g, key=key, shape=x.shape))


@primitive
def scatter(values, *, key, shape):
    """Zeros of `shape` with `values` added at `key`: the adjoint of x[key]."""
    out = np.zeros(shape, values.dtype)
    if _is_basic(key):
        out[key] = values
    else:
        np.add.at(out, key, values)  # not +=: repeated indices must add up
    return out


scatter.vjp(lambda g, y, values, *, key, shape: _index(g, key=key))


def getitem(x, key):
    """x[key]: ints, slices, None, …, masks, integer arrays and Tensors, and mixtures, as in NumPy."""
    return _index(x, key=plain_key(key))


@implements(np.take_along_axis)
@torch_names
def take_along_dim(x, indices, axis=None):
    """The elements of x at `indices` along `axis`: y[i, j] = x[indices[i, j], j] for axis 0; shapes broadcast.

    >>> import tinygrad_edu as tg
    >>> x = tg.tensor([[1.0, 2.0], [3.0, 4.0]])
    >>> tg.take_along_dim(x, tg.tensor([[1], [0]]), 1)
    tensor([[2.],
            [3.]])
    """
    if axis is None:
        return _index(x.reshape(-1), key=raw(indices).reshape(-1))
    axis = normalize_axis("take_along_dim", axis, x.ndim)
    indices = raw(indices)
    if indices.ndim != x.ndim:
        raise ShapeError(f"take_along_dim(): indices must have as many axes as the input {x.shape}, got {indices.shape}")
    if indices.size and (indices.min() < -x.shape[axis] or indices.max() >= x.shape[axis]):
        raise IndexError(f"take_along_dim(): an index is out of bounds for dimension {axis} with size {x.shape[axis]}")
    grid = [np.arange(n).reshape((-1,) + (1,) * (x.ndim - d - 1)) for d, n in enumerate(x.shape)]
    grid[axis] = indices
    return _index(x, key=tuple(grid))


@torch_names
def gather(x, axis, index):
    """y[i][j] = x[index[i][j]][j] for axis 0: one element of x for each element of `index`.

    >>> import tinygrad_edu as tg
    >>> tg.gather(tg.tensor([[1.0, 2.0], [3.0, 4.0]]), 1, tg.tensor([[0], [1]]))
    tensor([[1.],
            [4.]])
    """
    index = raw(index)
    axis = normalize_axis("gather", axis, x.ndim)
    if index.ndim != x.ndim or any(index.shape[d] > x.shape[d] for d in range(x.ndim) if d != axis):
        raise ShapeError(
            f"gather(): index of shape {index.shape} must fit inside the input of shape {x.shape} except along {axis}"
        )
    part = _index(x, key=tuple(slice(None) if d == axis else slice(index.shape[d]) for d in range(x.ndim)))
    return take_along_dim(part, index, axis)


@torch_names
def index_select(x, axis, index):
    """The slices of x at `index` along `axis`.

    >>> import tinygrad_edu as tg
    >>> tg.index_select(tg.tensor([10.0, 20.0, 30.0]), 0, tg.tensor([2, 2, 0]))
    tensor([30., 30., 10.])
    """
    axis = normalize_axis("index_select", axis, x.ndim)
    return _index(x, key=(*(slice(None),) * axis, raw(index)))
