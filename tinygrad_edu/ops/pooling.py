"""Pooling: the maximum or the mean of each window, along one, two or three axes."""

from __future__ import annotations

import functools
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from .._numbers import refuse_text
from ..autograd.errors import DomainError
from ..autograd.node import raw
from ..autograd.primitives import primitive
from .axes import like
from .elementwise import gate
from .padding import pad_axes
from .window import batched, check_fits, fold, per_axis, places, windows

if TYPE_CHECKING:
    from .._tensor import Tensor

__all__ = ["max_pool1d", "max_pool2d", "max_pool3d", "avg_pool1d", "avg_pool2d", "avg_pool3d"]


def _pool_geometry(name, n, size, kernel_size, stride, padding, dilation, ceil_mode):
    """kernel, stride, dilation, and the padding on both sides of each axis, including ceil_mode's overhang."""
    kernel = per_axis(name, "kernel_size", kernel_size, n, 1)
    stride = kernel if stride is None or (isinstance(stride, tuple) and not stride) else per_axis(name, "stride", stride, n, 1)
    dilation = per_axis(name, "dilation", dilation, n, 1)
    padding = per_axis(name, "padding", padding, n, 0)
    if any(2 * p > k for p, k in zip(padding, kernel, strict=True)):
        raise DomainError(
            f"{name}(): padding must be at most half of the kernel size, got padding={padding}, kernel_size={kernel}"
        )
    both = tuple(
        (p, p + _overhang(*axis, p) if ceil_mode else p)
        for p, *axis in zip(padding, size, kernel, stride, dilation, strict=True)
    )
    check_fits(name, size, kernel, both, dilation)
    return kernel, stride, dilation, both


def _overhang(size, kernel, stride, dilation, padding):
    """How far ceil_mode's last window extends beyond the padded axis; a window must start before the right padding."""
    room = size + 2 * padding - dilation * (kernel - 1) - 1
    last = -(-room // stride)
    if last * stride >= size + padding:
        last -= 1
    return max(0, last * stride - room)


# --- the maximum ---


def _padded(x, padding):
    low = -math.inf if x.dtype.kind == "f" else np.iinfo(x.dtype).min
    return pad_axes(x, padding, low)


def _largest(x, *, kernel, stride, padding, dilation):
    """The maximum of each window: x [..., *size] -> [..., *out]; padding counts as −∞."""
    x = _padded(x, padding)
    first, *rest = (x[key] for key in places(kernel, _sizes_out(x, kernel, stride, dilation), stride, dilation))
    y = np.copy(first, order="C")
    for place in rest:
        y = np.maximum(y, place)
    return y


def _first_largest(x, y, kernel, stride, padding, dilation):
    """For each element of the kernel, its key, and a mask [..., *out]: whether it is the first maximum of the window."""
    x = _padded(x, padding)
    free = True
    for key in places(kernel, y.shape[-len(kernel) :], stride, dilation):
        place = np.copy(x[key], order="C")  # compared twice: a copy is faster than two strided reads
        hit = ((place == y) | (place != place)) & free  # nan counts as the maximum
        yield key, hit
        free = ~hit & free


@primitive
def _to_largest(g, x, y, *, kernel, stride, padding, dilation):
    """Zeros [..., *size] with each element of g [..., *out] added at the first maximum of its window of x."""
    n = len(kernel)
    size = tuple(a + m + b for m, (a, b) in zip(x.shape[-n:], padding, strict=True))
    total = np.zeros_like(g, shape=x.shape[:-n] + size)
    apart = all(s > d * (k - 1) for k, s, d in zip(kernel, stride, dilation, strict=True))
    for key, hit in _first_largest(x, y, kernel, stride, padding, dilation):
        if apart:
            total[key] = gate(g, hit)
        else:
            total[key] += gate(g, hit)
    return _without(total, x.shape[-n:], padding)


@primitive
def _of_largest(t, x, y, *, kernel, stride, padding, dilation):
    """The elements of t [..., *size] at the first maximum of each window of x: the adjoint of _to_largest."""
    t = pad_axes(t, padding)
    total = 0
    for key, hit in _first_largest(x, y, kernel, stride, padding, dilation):
        total = total + gate(t[key], hit)
    return total


_to_largest.vjp(lambda g, y, t, x, top, **window: _of_largest(g, raw(x), raw(top), **window))
_of_largest.vjp(lambda g, y, t, x, top, **window: _to_largest(g, raw(x), raw(top), **window))
for _ in range(2):
    _to_largest.vjp(None)
    _of_largest.vjp(None)

_max_pool1d, _max_pool2d, _max_pool3d = (
    primitive(_largest, lambda g, y, x, **window: _to_largest(g, raw(x), raw(y), **window), name=f"max_pool{n}d")
    for n in (1, 2, 3)
)


def _sizes_out(x, kernel, stride, dilation):
    axes = zip(x.shape[-len(kernel) :], kernel, stride, dilation, strict=True)
    return tuple((m - d * (k - 1) - 1) // s + 1 for m, k, s, d in axes)


def _without(x, size, padding):
    """x without its padding."""
    if not any(map(any, padding)):
        return x
    return x[(..., *(slice(a, a + m) for m, (a, _) in zip(size, padding, strict=True)))]


def _max(op, x, kernel_size, stride, padding, dilation, ceil_mode, return_indices):
    name, n = op.op.name, int(op.op.name[-2])

    def call(x):
        kernel, step, gap, both = _pool_geometry(name, n, x.shape[2:], kernel_size, stride, padding, dilation, ceil_mode)
        y = op(x, kernel=kernel, stride=step, padding=both, dilation=gap)
        return (y, like(x, _places_of_largest(raw(x), both, kernel, step, gap))) if return_indices else y

    return batched(name, n, x, call)


def _places_of_largest(x, both, kernel, stride, dilation):
    """The index in the image, in row-major order without the padding, of the first maximum of each window."""
    n, size = len(kernel), x.shape[2:]
    place = np.pad(np.arange(math.prod(size)).reshape(size), both)
    every = windows(place, kernel=kernel, stride=stride, dilation=dilation)
    out = every.shape[-n:]
    w = windows(_padded(x, both), kernel=kernel, stride=stride, dilation=dilation)
    best = np.argmax(np.reshape(w, (*w.shape[: -2 * n], math.prod(kernel), *out)), -n - 1)
    return every.reshape(-1, *out)[(best, *np.indices(out))]


def max_pool1d(input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False) -> Tensor | Any:
    """The maximum of each window: [N, C, L] -> [N, C, L']; the first of equal elements gets the gradient.

    `stride` defaults to the kernel size; padding counts as −∞. return_indices=True returns (y, indices): for each element
    of y, its position in its channel, in row-major order, as max_unpool expects it.

    >>> import tinygrad_edu as tg
    >>> tg.max_pool1d(tg.tensor([[1.0, 3.0, 2.0, 5.0]]), 2)
    tensor([[3., 5.]])
    """
    return _max(_max_pool1d, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


def max_pool2d(input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False) -> Tensor | Any:
    """The maximum of each window: [N, C, H, W] -> [N, C, H', W']; the first of equal elements gets the gradient.

    `stride` defaults to the kernel size; padding counts as −∞. return_indices=True returns (y, indices): for each element
    of y, its position in its channel, in row-major order, as max_unpool expects it.

    >>> import tinygrad_edu as tg
    >>> tg.max_pool2d(tg.arange(16).reshape(1, 4, 4).float(), 2)
    tensor([[[ 5.,  7.],
             [13., 15.]]])
    """
    return _max(_max_pool2d, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


def max_pool3d(input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False) -> Tensor | Any:
    """The maximum of each window: [N, C, D, H, W] -> [N, C, D', H', W']; see max_pool2d."""
    return _max(_max_pool3d, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


# --- the mean ---


@functools.lru_cache(maxsize=256)
def _counts(size, kernel, stride, padding, count_include_pad, dtype):
    """The number of elements of each window that count: [*out]."""
    count = np.ones((), dtype)
    for m, k, s, (before, after) in zip(size, kernel, stride, padding, strict=True):
        counts = np.zeros(before + m + after, dtype)
        inside = slice(0, 2 * before + m) if count_include_pad else slice(before, before + m)
        counts[inside] = 1  # ceil_mode's overhang never counts
        count = count[..., None] * windows(counts, kernel=(k,), stride=(s,), dilation=(1,)).sum(0)
    count.flags.writeable = False
    return count


def _divisor(x, kernel, stride, padding, count_include_pad, divisor):
    return divisor or _counts(x.shape[-len(kernel) :], kernel, stride, padding, count_include_pad, x.dtype)


def _mean(x, *, kernel, stride, padding, count_include_pad, divisor):
    """The sum of each window divided by a count: x [..., *size] -> [..., *out]"""
    padded, one = pad_axes(x, padding), (1,) * len(kernel)
    first, *rest = (padded[key] for key in places(kernel, _sizes_out(padded, kernel, stride, one), stride, one))
    total = np.copy(first, order="C")
    for place in rest:
        total = total + place
    return total / _divisor(x, kernel, stride, padding, count_include_pad, divisor)


def _mean_rule(g, y, x, *, kernel, stride, padding, count_include_pad, divisor):
    n = len(kernel)
    g = g / _divisor(x, kernel, stride, padding, count_include_pad, divisor)
    every = np.broadcast_to(np.reshape(g, (*g.shape[:-n], *(1,) * n, *g.shape[-n:])), (*g.shape[:-n], *kernel, *g.shape[-n:]))
    size = tuple(a + m + b for m, (a, b) in zip(x.shape[-n:], padding, strict=True))
    return _without(fold(every, size=size, stride=stride, dilation=(1,) * n), x.shape[-n:], padding)


_avg_pool1d, _avg_pool2d, _avg_pool3d = (primitive(_mean, _mean_rule, name=f"avg_pool{n}d") for n in (1, 2, 3))


def _average(op, x, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor):
    name, n = op.op.name, int(op.op.name[-2])
    if divisor is not None:
        refuse_text(f"{name}()", {"divisor_override": divisor})
        if not divisor:
            raise DomainError(f"{name}(): divisor_override must not be 0")

    def call(x):
        kernel, step, _, both = _pool_geometry(name, n, x.shape[2:], kernel_size, stride, padding, 1, ceil_mode)
        return op(x, kernel=kernel, stride=step, padding=both, count_include_pad=bool(count_include_pad), divisor=divisor)

    return batched(name, n, x, call)


def avg_pool1d(input, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True):
    """The mean of each window: [N, C, L] -> [N, C, L']; `stride` defaults to the kernel size.

    >>> import tinygrad_edu as tg
    >>> tg.avg_pool1d(tg.tensor([[1.0, 3.0, 2.0, 6.0]]), 2)
    tensor([[2., 4.]])
    """
    return _average(_avg_pool1d, input, kernel_size, stride, padding, ceil_mode, count_include_pad, None)


def avg_pool2d(input, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True, divisor_override=None):
    """The mean of each window: [N, C, H, W] -> [N, C, H', W']; `stride` defaults to the kernel size.

    Padding counts as zeros unless count_include_pad=False; divisor_override, if given, is the divisor of each sum.

    >>> import tinygrad_edu as tg
    >>> tg.avg_pool2d(tg.arange(16).reshape(1, 4, 4).float(), 2)
    tensor([[[ 2.5000,  4.5000],
             [10.5000, 12.5000]]])
    """
    return _average(_avg_pool2d, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)


def avg_pool3d(input, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True, divisor_override=None):
    """The mean of each window: [N, C, D, H, W] -> [N, C, D', H', W']; see avg_pool2d."""
    return _average(_avg_pool3d, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)
