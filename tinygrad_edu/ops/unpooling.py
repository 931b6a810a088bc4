"""Partial inverses of max_pool: elements are put back at their original positions, with 0 elsewhere."""

import math

import numpy as np

from ..autograd.errors import ShapeError
from ..autograd.node import snapshot
from .axes import like
from .gathering import scatter
from .shape import reshape
from .window import per_axis

__all__ = ["max_unpool1d", "max_unpool2d"]


def _unpool(name, n, x, indices, kernel_size, stride, padding, output_size):
    kernel = per_axis(name, "kernel_size", kernel_size, n, 1)
    stride = kernel if stride is None else per_axis(name, "stride", stride, n, 1)
    padding = per_axis(name, "padding", padding, n, 0)
    if x.shape != indices.shape:
        raise ShapeError(f"{name}(): x and indices must have the same shape, got {x.shape} and {indices.shape}")
    if x.ndim not in (n + 1, n + 2):
        raise ShapeError(f"{name}(): expected an input of shape [N, C, *size] or [C, *size], got {x.shape}")
    lead = x.shape[:-n]
    if output_size is None:
        axes = zip(x.shape[-n:], stride, kernel, padding, strict=True)
        size = tuple((m - 1) * s + k - 2 * p for m, s, k, p in axes)
    else:
        size = per_axis(name, "output_size", tuple(output_size)[-n:], n, 1)
    rows = (math.prod(lead), math.prod(x.shape[-n:]))
    zeros = np.zeros((rows[0], math.prod(size)), x.dtype)
    y = scatter(like(x, zeros), 1, snapshot(indices).reshape(rows), reshape(x, rows))
    return reshape(y, (*lead, *size))


def max_unpool1d(input, indices, kernel_size, stride=None, padding=0, output_size=None):
    """The elements of `input` at their positions before max_pool1d, with 0 elsewhere: [N, C, L'] -> [N, C, L].

    >>> import tinygrad_edu as tg
    >>> y, places = tg.max_pool1d(tg.tensor([[1.0, 3.0, 2.0, 5.0]]), 2, return_indices=True)
    >>> tg.ops.max_unpool1d(y, places, 2)
    tensor([[0., 3., 0., 5.]])
    """
    return _unpool("max_unpool1d", 1, input, indices, kernel_size, stride, padding, output_size)


def max_unpool2d(input, indices, kernel_size, stride=None, padding=0, output_size=None):
    """The elements of `input` at their positions before max_pool2d, with 0 elsewhere: [N, C, H', W'] -> [N, C, H, W].

    output_size  the size before pooling, if several sizes give the same pooled size
    """
    return _unpool("max_unpool2d", 2, input, indices, kernel_size, stride, padding, output_size)
