"""Resizing the last axes of a tensor by interpolation."""

import functools
import math

import numpy as np

from .._numbers import refuses_text
from ..autograd.errors import DtypeError, ShapeError
from ..autograd.node import raw
from ..autograd.primitives import primitive
from .adaptive_pooling import adaptive_avg_pool1d, adaptive_avg_pool2d
from .axes import like
from .indexing import _add_at

__all__ = ["interpolate"]

_AXES_OF = {"linear": (1,), "bilinear": (2,), "nearest": (1, 2, 3), "nearest-exact": (1, 2, 3), "area": (1, 2)}


@refuses_text("size", "scale_factor")
def interpolate(input, size=None, scale_factor=None, mode="nearest", align_corners=None, recompute_scale_factor=None):
    """input with its last axes resized to `size`, or by scale_factor: [N, C, *sizes] -> [N, C, *size].

    mode 'nearest' copies, 'linear' (one axis) and 'bilinear' (two) mix the two nearest elements per axis, 'area' averages.
    The linear modes place element i at (i + ½) · in/out − ½ of the input, or with align_corners at i · (in − 1)/(out − 1), so
    that the corners coincide.
    'nearest' uses ⌊i · in/out⌋, 'nearest-exact' ⌊(i + ½) · in/out⌋. With scale_factor, 1/scale_factor takes the place of
    in/out, unless recompute_scale_factor=True.

    >>> import tinygrad_edu as tg
    >>> tg.ops.interpolate(tg.tensor([[[1.0, 2.0]]]), scale_factor=2, mode="linear")
    tensor([[[1.0000, 1.2500, 1.7500, 2.0000]]])
    """
    n = input.ndim - 2
    if mode not in _AXES_OF:
        raise ValueError(f"interpolate(): mode must be one of {', '.join(_AXES_OF)}, got {mode!r}")
    if n not in _AXES_OF[mode]:
        *others, last = (str(k + 2) for k in _AXES_OF[mode])
        allowed = f"{', '.join(others)} or {last}" if others else last
        raise ShapeError(f"interpolate(): mode {mode!r} needs an input with {allowed} axes, got shape {input.shape}")
    if (size is None) == (scale_factor is None):
        raise ValueError("interpolate(): pass either size or scale_factor")
    if align_corners is not None and "linear" not in mode:
        raise ValueError(f"interpolate(): align_corners is only for the linear modes, got mode {mode!r}")
    sizes = input.shape[2:]
    given = size if scale_factor is None else scale_factor
    given = tuple(given) if isinstance(given, (tuple, list)) else (given,) * n
    if len(given) != n:
        raise ValueError(f"interpolate(): expected one number, or one per resized axis ({n}), got {given}")
    wanted = given if scale_factor is None else tuple(math.floor(s * f) for s, f in zip(sizes, given, strict=True))
    if any(w < 1 for w in (*wanted, *sizes)):
        raise ValueError(f"interpolate(): input and output sizes must be at least 1, got {sizes} and {tuple(wanted)}")
    if mode == "area":
        return (adaptive_avg_pool1d if n == 1 else adaptive_avg_pool2d)(input, tuple(wanted))
    ratios = tuple(
        1 / f if size is None and not recompute_scale_factor else m / out
        for m, out, f in zip(sizes, wanted, given, strict=True)
    )
    dtype = raw(input).dtype
    if "linear" in mode and dtype.kind != "f":
        if dtype != np.uint8:
            raise DtypeError(f"interpolate(): mode={mode!r} accepts floats and uint8, got {dtype}; use .float()")
        return like(input, _rounded(raw(input), wanted, ratios, align_corners))
    return _interpolate(input, size=tuple(wanted), mode=mode, align_corners=bool(align_corners), _ratios=ratios)


@primitive
def _interpolate(x, *, size, mode, align_corners, _ratios):
    """x [N, C, *sizes] with its last axes resized."""
    for axis, (out, ratio) in enumerate(zip(size, _ratios, strict=True), 2):
        x = _along(x, axis, *_places(x.shape[axis], out, ratio, mode, align_corners))
    return x


@_interpolate.vjp
def _to_places(g, y, x, *, size, mode, align_corners, _ratios):
    """Each element of g, distributed over the elements of x that its result was mixed from, by their weights."""
    for axis, (out, ratio) in reversed(list(enumerate(zip(size, _ratios, strict=True), 2))):
        low, t = _places(x.shape[axis], out, ratio, mode, align_corners)
        before, after = g.shape[:axis], g.shape[axis + 1 :]
        key, shape = (slice(None),) * axis, (*before, x.shape[axis], *after)
        if not t.any():
            g = _add_at(g, key=(*key, low), shape=shape)
            continue
        t = np.reshape(t, (-1, *(1,) * len(after))).astype(g.dtype)
        high = np.minimum(low + 1, x.shape[axis] - 1)
        g = _add_at(g * (1 - t), key=(*key, low), shape=shape) + _add_at(g * t, key=(*key, high), shape=shape)
    return g


def _along(x, axis, low, t):
    """The elements at `low` along the axis, mixed with those after them, whose weights are t."""
    if not t.any():
        return np.take(x, low, axis)
    t = np.reshape(t, (-1, *(1,) * (x.ndim - axis - 1))).astype(x.dtype)
    return np.take(x, low, axis) * (1 - t) + np.take(x, np.minimum(low + 1, x.shape[axis] - 1), axis) * t


@functools.lru_cache(maxsize=256)
def _places(n, out, ratio, mode, align_corners):
    """For each result element along an axis: the index of the input element at or before it, and the weight of the next one."""
    at = np.arange(out)
    if "linear" not in mode:
        low = np.floor((at + (0.5 if mode == "nearest-exact" else 0)) * ratio).astype(int)
        return np.minimum(low, n - 1), np.zeros(out)
    at = at * ((n - 1) / (out - 1) if out > 1 else 0) if align_corners else np.maximum((at + 0.5) * ratio - 0.5, 0)
    low = np.minimum(np.floor(at).astype(int), n - 1)
    return low, at - low


def _rounded(x, size, ratios, align_corners):
    """A uint8 image resized along each axis in turn, from the last, and rounded each time; PyTorch's result may differ by 1."""
    for axis, (out, ratio) in reversed(list(enumerate(zip(size, ratios, strict=True), 2))):
        places = _places(x.shape[axis], out, ratio, "linear", bool(align_corners))
        x = np.floor(_along(x.astype(np.float32), axis, *places) + 0.5).astype(np.uint8)
    return x
