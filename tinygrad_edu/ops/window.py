"""Sliding windows, which convolution and pooling use. Adjoint pair: windows ↔ fold."""

import math

import numpy as np

from .._wording import counted
from ..autograd.arrays import strided
from ..autograd.errors import DomainError, ShapeError
from ..autograd.primitives import primitive
from .padding import pad_axes
from .shape import reshape, squeeze, unsqueeze

__all__ = ["unfold"]


@primitive
def windows(x, *, kernel, stride, dilation):
    """Every window of sizes `kernel` over the last axes: x [..., *size] -> [..., *kernel, *out], as a view."""
    n = len(kernel)
    out = tuple(_out_size(*axis) for axis in zip(x.shape[-n:], kernel, stride, dilation, strict=True))
    steps = x.strides[-n:]
    inner = tuple(d * s for d, s in zip(dilation, steps, strict=True))
    outer = tuple(k * s for k, s in zip(stride, steps, strict=True))
    apart = all(s > d * (k - 1) for k, s, d in zip(kernel, stride, dilation, strict=True))  # no element is in two windows
    return strided(x, x.shape[:-n] + kernel + out, x.strides[:-n] + inner + outer, apart and x.flags.writeable)


@primitive
def fold(w, *, size, stride, dilation):
    """Windows added up where they overlap: w [..., *kernel, *out] -> [..., *size], the adjoint of `windows`."""
    n = len(size)
    kernel, out = w.shape[-2 * n : -n], w.shape[-n:]
    total = np.zeros_like(w, shape=w.shape[: -2 * n] + size, order="C")
    for k, key in zip(np.ndindex(kernel), places(kernel, out, stride, dilation), strict=True):
        total[key] += w[(..., *k, *(slice(None),) * n)]
    return total


def places(kernel, out, stride, dilation):
    """For each element of a kernel, in memory order, the key of the elements that it multiplies: x[key] is [..., *out]."""
    for k in np.ndindex(kernel):
        axes = zip(k, dilation, out, stride, strict=True)
        yield (..., *(slice(i * d, i * d + (m - 1) * s + 1, s) for i, d, m, s in axes))


@windows.vjp
def _(g, y, x, *, kernel, stride, dilation):
    return fold(g, size=x.shape[-len(kernel) :], stride=stride, dilation=dilation)


@fold.vjp
def _(g, y, w, *, size, stride, dilation):
    n = len(size)
    every = windows(g, kernel=w.shape[-2 * n : -n], stride=stride, dilation=dilation)
    return every[(..., *(slice(m) for m in w.shape[-n:]))]  # `size` may have room for more windows than w had


# --- sizes ---


def _out_size(size, kernel, stride, dilation):
    return (size - dilation * (kernel - 1) - 1) // stride + 1


def per_axis(name, what, value, n, least):
    """`value` as n ints, each at least `least`; a single int is used for all axes."""
    values = tuple(value) if isinstance(value, (tuple, list)) else (value,)
    values = values * n if len(values) == 1 else values
    if not all(isinstance(v, (int, np.integer)) for v in values):
        raise TypeError(f"{name}(): {what} must be an int or a tuple of {counted(n, 'int')}, got {value!r}")
    if len(values) != n or min(values) < least:
        raise DomainError(
            f"{name}(): {what} must be an int >= {least} or a tuple of {counted(n, 'int')} >= {least}, got {value!r}"
        )
    return tuple(int(v) for v in values)


def check_fits(name, size, kernel, padding, dilation):
    """Raise ShapeError if the kernel is larger than the padded input."""
    spans = tuple(d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True))
    padded = tuple(s + a + b for s, (a, b) in zip(size, padding, strict=True))
    if any(k > s for k, s in zip(spans, padded, strict=True)):
        size, span = (" x ".join(map(str, n)) for n in (padded, spans))
        fault = "Output size is too small" if "pool" in name else "Kernel size can't be greater than actual input size"
        raise ShapeError(
            f"{name}(): Calculated padded input size per channel: ({size}). Kernel size: ({span}). {fault}"
            + ("; the kernel is counted with its dilation" if any(d > 1 for d in dilation) else "")
        )


def batched(name, n, x, call):
    """call(x) with a batch axis: an input [C, *size] without one gets it temporarily."""
    if x.ndim == n + 1:
        answer = call(unsqueeze(x, 0))
        return tuple(squeeze(a, 0) for a in answer) if isinstance(answer, tuple) else squeeze(answer, 0)
    if x.ndim != n + 2:
        sizes = ", ".join("DHW"[-n:] if n > 1 else "L")
        raise ShapeError(f"{name}(): expected an input of shape [N, C, {sizes}] or [C, {sizes}], got {x.shape}")
    return call(x)


# --- as columns ---


def unfold(input, kernel_size, dilation=1, padding=0, stride=1):
    """The windows of an image as columns: input [N, C, H, W] -> [N, C·KH·KW, number of windows] (F.unfold, im2col).

    >>> import tinygrad_edu as tg
    >>> tg.unfold(tg.ones(1, 2, 4, 4), 2).shape
    (1, 8, 9)
    """
    kernel, dilation, stride = (
        per_axis("unfold", what, value, 2, 1)
        for what, value in (("kernel_size", kernel_size), ("dilation", dilation), ("stride", stride))
    )
    padding = tuple((p, p) for p in per_axis("unfold", "padding", padding, 2, 0))

    def call(x):
        check_fits("unfold", x.shape[2:], kernel, padding, dilation)
        w = windows(pad_axes(x, padding), kernel=kernel, stride=stride, dilation=dilation)
        return reshape(w, (x.shape[0], x.shape[1] * math.prod(kernel), math.prod(w.shape[-2:])))

    return batched("unfold", 2, input, call)
