"""Padding: additional elements at the ends of axes. Adjoint pair: pad ↔ slicing."""

from operator import index

import numpy as np

from ..autograd.arrays import lifted, require_fits
from ..autograd.errors import DomainError, ShapeError
from ..autograd.primitives import implements, primitive

__all__ = ["pad_axes", "pad"]


@primitive
def _pad(x, *, widths, value):
    out = lifted(np.full(tuple(a + n + b for n, (a, b) in zip(x.shape, widths, strict=True)), value, x.dtype), x)
    out[_inside(x.shape, widths)] = x
    return out


_pad.vjp(lambda g, y, x, *, widths, value: g[_inside(x.shape, widths)])


def _inside(shape, widths):
    return tuple(slice(a, a + n) for n, (a, _) in zip(shape, widths, strict=True))


def pad_axes(x, widths, value=0):
    """x with `value` around its last axes: widths has one pair (before, after) per axis."""
    if all(a == b == 0 for a, b in widths):
        return x
    return _pad(x, widths=((0, 0),) * (x.ndim - len(widths)) + tuple(widths), value=value)


_NUMPY_MODE = {"reflect": "reflect", "replicate": "edge", "circular": "wrap"}


def pad(x, pad, mode="constant", value=None):
    """x with pad = (left, right, top, bottom, …) elements added at the ends of its axes, beginning with the last axis.

    mode 'constant' adds `value` (default 0), 'reflect' mirrors without repeating the edge, 'replicate' repeats the edge,
    'circular' wraps around. Negative numbers crop.

    >>> import tinygrad_edu as tg
    >>> tg.pad(tg.tensor([1.0, 2.0]), (1, 2))
    tensor([0., 1., 2., 0., 0.])
    """
    try:
        pad = tuple(map(index, pad))
    except TypeError:
        raise TypeError(f"pad(): pad must be a tuple of ints, got {pad!r} ({type(pad).__name__})") from None
    if len(pad) % 2 or len(pad) > 2 * x.ndim:
        raise DomainError(f"pad(): pad must have two ints for each padded axis of shape {x.shape}, got {pad}")
    widths = [pad[i : i + 2] for i in range(len(pad) - 2, -1, -2)]  # in axis order
    first = x.ndim - len(widths)
    if any(min(w) < 0 for w in widths):
        if any(n + min(a, 0) + min(b, 0) < 0 for n, (a, b) in zip(x.shape[first:], widths, strict=True)):
            raise ShapeError(f"pad(): {pad} crops more elements than there are in shape {x.shape}")
        cut = [slice(max(-a, 0), n - max(-b, 0)) for n, (a, b) in zip(x.shape[first:], widths, strict=True)]
        x = x[(..., *cut)]
        widths = [(max(a, 0), max(b, 0)) for a, b in widths]
    if mode != "constant" and mode not in _NUMPY_MODE:
        raise DomainError(f"pad(): mode must be 'constant', 'reflect', 'replicate' or 'circular', got {mode!r}")
    if mode == "constant" or not any(map(any, widths)):
        value = 0 if value is None else require_fits("pad()", value, x.dtype)
        return _pad(x, widths=((0, 0),) * first + tuple(widths), value=value)
    for axis, (a, b) in enumerate(widths, first):
        n = x.shape[axis]
        if (mode == "reflect" and max(a, b) >= n) or (mode == "circular" and max(a, b) > n):
            raise ShapeError(f"pad(): mode {mode!r} cannot pad axis {axis} of shape {x.shape} by {(a, b)}: it is too short")
        if a or b:
            x = x[(*(slice(None),) * axis, np.pad(np.arange(n), (a, b), mode=_NUMPY_MODE[mode]))]
    return x


@implements(np.pad)
def _numpy_pad(array, pad_width, mode="constant", *, constant_values=0):
    """np.pad, for the modes constant, reflect, edge and wrap."""
    widths = np.broadcast_to(pad_width, (array.ndim, 2)).tolist()
    flat = [n for pair in reversed(widths) for n in pair]
    return pad(array, flat, {v: k for k, v in _NUMPY_MODE.items()}.get(mode, mode), constant_values)
