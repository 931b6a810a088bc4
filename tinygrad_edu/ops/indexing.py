"""Indexing: reading and writing selected elements. Adjoint pair: x[key] ↔ add_at, where repeated indices add up."""

from __future__ import annotations

import math

import numpy as np

from ..autograd.arrays import is_array, kernel, lifted, require_fits
from ..autograd.errors import DtypeError
from ..autograd.node import is_tensor, raw, snapshot
from ..autograd.primitives import primitive
from .elementwise import gate


def plain_key(key):
    """`key` for NumPy: Tensors and lists become arrays, and 0-d integer Tensors ints."""
    if isinstance(key, tuple):
        return tuple(plain_key(k) for k in key)
    if is_tensor(key):
        if key.dtype == np.uint8 and key.ndim:
            raise DtypeError(
                "x[key]: a uint8 Tensor is a mask in PyTorch, but an array of indices in NumPy; use key.bool() or key.long()"
            )
        return int(key._data) if key.ndim == 0 and key.dtype.kind in "iu" else snapshot(key)
    if isinstance(key, (list, range)):
        return np.asarray([plain_key(k) for k in key], dtype=None if len(key) else np.int64)
    return key


def _is_basic(key):
    """Whether `key` has only ints, slices, None and `...`, so that x[key] is a view and reads each element at most once."""
    return all(not isinstance(k, (np.ndarray, bool)) for k in (key if isinstance(key, tuple) else (key,)))


@primitive
def _index(x, *, key):
    y = x[key]
    if is_array(y):
        # NumPy returns the result of array indexing in its own memory order; dropout and similar ops draw in memory order.
        return y if y.flags.c_contiguous or _is_basic(key) else np.copy(y, order="C")
    return x[(*key, ...) if isinstance(key, tuple) else (key, ...)]  # a single element: a 0-d view, where NumPy would copy


@primitive
def _add_at(values, *, key, shape):
    """Zeros of `shape` with `values` added at `key`: the adjoint of x[key]."""
    if _is_basic(key):
        out = np.zeros_like(values, shape=shape, order="C")
        out[key] = values
        return out
    return add_at_places(values, *(key if isinstance(key, tuple) else (key,)), shape=shape)


@kernel
def add_at_places(values, *key, shape):
    """Zeros of `shape` with `values` added at an index that contains arrays."""
    out = np.zeros(shape, values.dtype)
    places = np.arange(out.size).reshape(shape)[key].ravel()  # 1-D: np.add.at is then several times faster
    if places.size < 100 * out.size or values.dtype.kind != "f":
        np.add.at(out.reshape(-1), places, values.ravel())
        return out
    # many repeats: bincount sums in float64
    return np.bincount(places, values.ravel(), out.size).astype(values.dtype).reshape(shape)


_index.vjp(lambda g, y, x, *, key: _add_at(g, key=key, shape=x.shape))
_add_at.vjp(lambda g, y, values, *, key, shape: _index(g, key=key))


def ints_first(key):
    """A key that mixes ints and arrays as two successive keys, else (None, key): x[0, :, [1, 2]] is x[0][:, [1, 2]].

    This is PyTorch's interpretation; NumPy treats the int as one of the arrays, and would move their axis to the front.
    """
    if not isinstance(key, tuple) or not any(map(is_array, key)) or not any(map(_is_int, key)):
        return None, key
    first, rest = [], []
    for k in key:
        if _is_int(k):
            first.append(k)
            continue
        rest.append(k)
        if k is Ellipsis:
            first.append(k)
        elif k is not None and not isinstance(k, bool):
            axes = k.ndim if isinstance(k, np.ndarray) and k.dtype == bool else 1
            first.extend([slice(None)] * axes)
    return tuple(first), tuple(rest)


def _is_int(k):
    return isinstance(k, (int, np.integer)) and not isinstance(k, bool)


def getitem(x, key):
    """x[key]: ints, slices, None, `...`, masks, integer arrays and Tensors, and mixtures, interpreted as in PyTorch."""
    first, key = ints_first(plain_key(key))
    return _index(x if first is None else _index(x, key=first), key=key)


# --- writing into a copy ---


@primitive
def _put(x, values, *, key):
    """A copy of x with `values` at `key`; if an index is repeated, the last one wins."""
    out = lifted(np.copy(x), values, key)
    out[key] = values
    return out


@_put.vjp
def _(g, y, x, values, *, key):
    kept = lifted(np.ones(x.shape, bool), key)
    kept[key] = False
    return gate(g, kept)


@_put.vjp
def _(g, y, x, values, *, key):
    read = _index(g, key=key)
    if _is_basic(key):
        return read
    number = np.arange(math.prod(read.shape)).reshape(read.shape)
    owner = lifted(np.zeros(x.shape, number.dtype), key)
    owner[key] = number
    return gate(read, owner[key] == number)


def put(x, values, key):
    """A copy of x with `values` at `key`, interpreted as in x[key]."""
    first, key = ints_first(plain_key(key))
    if first is None:
        return _put(x, as_put(x, values, key), key=key)
    part = _index(x, key=first)
    return _put(x, _put(part, as_put(part, values, key), key=key), key=first)


def as_put(x, values, key, name="x[…] = value"):
    """The values as x[key] = values interprets them: surplus leading axes of length 1 are dropped."""
    require_fits(name, values, x.dtype)
    values = np.asarray(values) if isinstance(values, (list, tuple)) else values
    if np.shape(raw(values))[:1] != (1,):
        return values
    extra = max(0, np.ndim(raw(values)) - np.ndim(raw(x)[key]))
    return values.reshape(values.shape[extra:]) if set(values.shape[:extra]) == {1} else values


def put_added(x, values, key):
    """A copy of x with `values` added at `key`; repeated indices add up."""
    key = plain_key(key)
    values = values if is_tensor(values) else np.asarray(values, x.dtype)
    return x + _add_at(np.broadcast_to(values, raw(x)[key].shape), key=key, shape=x.shape)


INDEX, PUT = _index.op, _put.op
