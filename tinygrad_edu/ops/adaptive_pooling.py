"""Adaptive pooling: the output size is given, and determines cells of nearly equal size."""

import math

import numpy as np

from ..autograd.errors import ShapeError
from .extremes import max
from .indexing import getitem
from .reduction import sum
from .shape import reshape
from .window import batched, per_axis

__all__ = ["adaptive_avg_pool1d", "adaptive_avg_pool2d", "adaptive_max_pool1d", "adaptive_max_pool2d"]


def _cells(name, n, x, output_size):
    """x divided into output_size cells, per axis from ⌊i·size/out⌋ to ⌈(i+1)·size/out⌉: [N, C, *out, cell], and its mask.

    Shorter cells repeat their last element; the mask marks the elements that count.
    """
    sizes = x.shape[-n:]
    wanted = tuple(output_size) if isinstance(output_size, (tuple, list)) else (output_size,) * n
    if len(wanted) == n:
        wanted = tuple(s if o is None else o for s, o in zip(sizes, wanted, strict=True))
    if not math.prod(sizes):
        raise ShapeError(f"{name}(): the axes to be pooled must not be empty, got shape {x.shape}")
    key, mask = [], np.ones((), bool)
    for axis, (size, out) in enumerate(zip(sizes, per_axis(name, "output_size", wanted, n, 0), strict=True)):
        steps = np.arange(out)
        start, end = steps * size // out, -(-(steps + 1) * size // out)
        reach = start[:, None] + np.arange(int((end - start).max(initial=0)))
        place = [1] * (2 * n)
        place[axis], place[axis + n] = reach.shape
        key.append(np.minimum(reach, end[:, None] - 1).reshape(place))
        mask = mask & (reach < end[:, None]).reshape(place)
    cells = getitem(x, (slice(None), slice(None), *key))
    return reshape(cells, (*cells.shape[:-n], math.prod(cells.shape[-n:]))), mask.reshape(
        *mask.shape[:-n], math.prod(mask.shape[-n:])
    )


def _adaptive_average(name, n, x, output_size):
    def call(x):
        cells, mask = _cells(name, n, x, output_size)
        weights = mask / mask.sum(-1, keepdims=True)
        return sum(np.where(mask, cells, 0) * weights.astype(x.dtype), axis=-1)

    return batched(name, n, x, call)


def _adaptive_max(name, n, x, output_size):
    def call(x):
        return max(_cells(name, n, x, output_size)[0], -1).values

    return batched(name, n, x, call)


def adaptive_avg_pool1d(input, output_size):
    """The means of `output_size` cells of nearly equal length: [N, C, L] -> [N, C, output_size].

    >>> import tinygrad_edu as tg
    >>> tg.adaptive_avg_pool1d(tg.tensor([[1.0, 2.0, 3.0, 4.0, 5.0]]), 2)
    tensor([[2., 4.]])
    """
    return _adaptive_average("adaptive_avg_pool1d", 1, input, output_size)


def adaptive_avg_pool2d(input, output_size):
    """The means of output_size cells of nearly equal size: [N, C, H, W] -> [N, C, *output_size]; None keeps a size.

    >>> import tinygrad_edu as tg
    >>> tg.ops.adaptive_avg_pool2d(tg.arange(16).reshape(1, 4, 4).float(), 1)
    tensor([[[7.5000]]])
    """
    return _adaptive_average("adaptive_avg_pool2d", 2, input, output_size)


def adaptive_max_pool1d(input, output_size):
    """The maximum of each of `output_size` cells: [N, C, L] -> [N, C, output_size]."""
    return _adaptive_max("adaptive_max_pool1d", 1, input, output_size)


def adaptive_max_pool2d(input, output_size):
    """The maximum of each of output_size cells: [N, C, H, W] -> [N, C, *output_size]; None keeps a size."""
    return _adaptive_max("adaptive_max_pool2d", 2, input, output_size)
