"""Adaptive pooling: the output size is given, and determines cells of nearly equal size."""

import functools
import math

import numpy as np

from ..autograd.arrays import kernel
from ..autograd.errors import ShapeError
from ..autograd.node import raw
from ..autograd.primitives import primitive
from .indexing import _add_at, add_at_places
from .window import batched, per_axis

__all__ = ["adaptive_avg_pool1d", "adaptive_avg_pool2d", "adaptive_max_pool1d", "adaptive_max_pool2d"]


@functools.lru_cache(maxsize=256)
def _cells(sizes, output_size):
    """A key that selects the cells of the last axes, x[key] [..., *out, *cell]; and a mask [*out, *cell].

    Cell i covers ⌊i·size/out⌋ ≤ position < ⌈(i+1)·size/out⌉. Shorter cells repeat their last element, where the mask is False.
    """
    n = len(sizes)
    key, mask = [], np.ones((), bool)
    for axis, (size, out) in enumerate(zip(sizes, output_size, strict=True)):
        steps = np.arange(out)
        start, end = steps * size // out, -(-(steps + 1) * size // out)
        reach = start[:, None] + np.arange(int((end - start).max(initial=0)))
        place = [1] * (2 * n)
        place[axis], place[axis + n] = reach.shape
        key.append(np.minimum(reach, end[:, None] - 1).reshape(place))
        mask = mask & (reach < end[:, None]).reshape(place)
    return (..., *key), mask


def _inner(output_size):
    """The axes *cell of x[key]."""
    return tuple(range(-len(output_size), 0))


def _mean(x, *, output_size):
    """The mean of each cell: x [..., *size] -> [..., *output_size]"""
    key, mask = _cells(x.shape[-len(output_size) :], output_size)
    axes = _inner(output_size)
    total = np.where(mask, x[key], 0).sum(axes)
    return np.copy(total / mask.sum(axes).astype(x.dtype), order="C")


def _mean_rule(g, y, x, *, output_size):
    key, mask = _cells(x.shape[-len(output_size) :], output_size)
    axes = _inner(output_size)
    g = g / mask.sum(axes).astype(g.dtype)
    each = np.broadcast_to(np.expand_dims(g, axes), (*g.shape, *mask.shape[len(output_size) :]))
    return _add_at(np.where(mask, each, 0), key=key, shape=x.shape)


_adaptive_avg_pool1d, _adaptive_avg_pool2d = (primitive(_mean, _mean_rule, name=f"adaptive_avg_pool{n}d") for n in (1, 2))


def _place_of_largest(x, output_size):
    """A key that selects the first maximum of each cell, x[key] [..., *output_size]; nan counts as the maximum."""
    n = len(output_size)
    key, _ = _cells(x.shape[-n:], output_size)
    cells = x[key]
    best = cells.reshape(*cells.shape[:-n], -1).argmax(-1)
    within = np.unravel_index(best, cells.shape[-n:])
    outer = np.indices(best.shape, sparse=True)
    inside = []
    for axis, (places, step) in enumerate(zip(key[1:], within, strict=True)):
        inside.append(places.reshape(output_size[axis], -1)[outer[best.ndim - n + axis], step])
    return (*outer[: best.ndim - n], *inside)


@kernel
def _largest(x, *, output_size):
    """The maximum of each cell: x [..., *size] -> [..., *output_size]"""
    return np.copy(x[_place_of_largest(x, output_size)], order="C")


@primitive
@kernel
def _to_largest_of_cell(g, x, *, output_size):
    """Zeros [..., *size] with each element of g [..., *output_size] added at the first maximum of its cell of x."""
    return add_at_places(g, *_place_of_largest(x, output_size), shape=x.shape)


@primitive
@kernel
def _of_largest_of_cell(t, x, *, output_size):
    """The elements of t [..., *size] at the first maximum of each cell of x: the adjoint of _to_largest_of_cell."""
    return t[_place_of_largest(x, output_size)]


_to_largest_of_cell.vjp(lambda g, y, t, x, *, output_size: _of_largest_of_cell(g, raw(x), output_size=output_size))
_of_largest_of_cell.vjp(lambda g, y, t, x, *, output_size: _to_largest_of_cell(g, raw(x), output_size=output_size))
_to_largest_of_cell.vjp(None)
_of_largest_of_cell.vjp(None)


def _largest_rule(g, y, x, *, output_size):
    return _to_largest_of_cell(g, raw(x), output_size=output_size)


_adaptive_max_pool1d, _adaptive_max_pool2d = (primitive(_largest, _largest_rule, name=f"adaptive_max_pool{n}d") for n in (1, 2))


def _pool(op, x, output_size):
    name, n = op.op.name, int(op.op.name[-2])

    def call(x):
        sizes = x.shape[-n:]
        wanted = tuple(output_size) if isinstance(output_size, (tuple, list)) else (output_size,) * n
        if len(wanted) == n:
            wanted = tuple(s if o is None else o for s, o in zip(sizes, wanted, strict=True))
        if not math.prod(sizes):
            raise ShapeError(f"{name}(): the axes to be pooled must not be empty, got shape {x.shape}")
        return op(x, output_size=per_axis(name, "output_size", wanted, n, 0))

    return batched(name, n, x, call)


def adaptive_avg_pool1d(input, output_size):
    """The means of `output_size` cells of nearly equal length: [N, C, L] -> [N, C, output_size].

    >>> import tinygrad_edu as tg
    >>> tg.adaptive_avg_pool1d(tg.tensor([[1.0, 2.0, 3.0, 4.0, 5.0]]), 2)
    tensor([[2., 4.]])
    """
    return _pool(_adaptive_avg_pool1d, input, output_size)


def adaptive_avg_pool2d(input, output_size):
    """The means of output_size cells of nearly equal size: [N, C, H, W] -> [N, C, *output_size]; None keeps a size.

    >>> import tinygrad_edu as tg
    >>> tg.ops.adaptive_avg_pool2d(tg.arange(16).reshape(1, 4, 4).float(), 1)
    tensor([[[7.5000]]])
    """
    return _pool(_adaptive_avg_pool2d, input, output_size)


def adaptive_max_pool1d(input, output_size):
    """The maximum of each of `output_size` cells: [N, C, L] -> [N, C, output_size]."""
    return _pool(_adaptive_max_pool1d, input, output_size)


def adaptive_max_pool2d(input, output_size):
    """The maximum of each of output_size cells: [N, C, H, W] -> [N, C, *output_size]; None keeps a size."""
    return _pool(_adaptive_max_pool2d, input, output_size)
