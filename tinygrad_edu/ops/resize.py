"""Resizing the last axes of x by interpolation."""

import math

import numpy as np

from ..autograd.errors import DtypeError, ShapeError
from ..autograd.node import raw
from .adaptive_pooling import adaptive_avg_pool1d, adaptive_avg_pool2d
from .axes import like
from .gathering import index_select

__all__ = ["interpolate"]

_AXES_OF = {"linear": (1,), "bilinear": (2,), "nearest": (1, 2, 3), "nearest-exact": (1, 2, 3), "area": (1, 2)}


def interpolate(input, size=None, scale_factor=None, mode="nearest", align_corners=None, recompute_scale_factor=None):
    """x with its last axes resized to `size`, or by scale_factor: [N, C, *sizes] -> [N, C, *size].

    mode 'nearest' copies, 'linear' (one axis) and 'bilinear' (two) mix the two nearest elements per axis, 'area' averages.
    Element i is at (i + ½) · in/out − ½, or with align_corners at i · (in − 1)/(out − 1), so that the corners coincide.
    'nearest' uses ⌊i · in/out⌋, 'nearest-exact' ⌊(i + ½) · in/out⌋.

    >>> import tinygrad_edu as tg
    >>> tg.ops.interpolate(tg.tensor([[[1.0, 2.0]]]), scale_factor=2, mode="linear")
    tensor([[[1.0000, 1.2500, 1.7500, 2.0000]]])
    """
    n = input.ndim - 2
    if mode not in _AXES_OF:
        raise ValueError(f"interpolate(): mode must be one of {', '.join(_AXES_OF)}, got {mode!r}")
    if n not in _AXES_OF[mode]:
        allowed = " or ".join(str(k + 2) for k in _AXES_OF[mode])
        raise ShapeError(f"interpolate(): mode {mode!r} needs an input of {allowed} axes, got shape {input.shape}")
    if (size is None) == (scale_factor is None):
        raise ValueError("interpolate(): pass either size or scale_factor")
    if align_corners is not None and "linear" not in mode:
        raise ValueError(f"interpolate(): align_corners is only for the linear modes, got mode {mode!r}")
    sizes = input.shape[2:]
    given = size if scale_factor is None else scale_factor
    given = tuple(given) if isinstance(given, (tuple, list)) else (given,) * n
    if len(given) != n:
        raise ValueError(
            f"interpolate(): expected one number or {n} of them, got {size if scale_factor is None else scale_factor}"
        )
    wanted = given if scale_factor is None else tuple(math.floor(s * f) for s, f in zip(sizes, given, strict=True))
    if any(w < 1 for w in (*wanted, *sizes)):
        raise ValueError(f"interpolate(): input and output sizes must be at least 1, got {sizes} and {tuple(wanted)}")
    if mode == "area":
        return (adaptive_avg_pool1d if n == 1 else adaptive_avg_pool2d)(input, tuple(wanted))
    exact = size is None and not recompute_scale_factor
    y, dtype = input, raw(input).dtype
    if "linear" in mode and dtype.kind != "f" and dtype != np.uint8:
        raise DtypeError(f"interpolate(): mode={mode!r} accepts floats and uint8, got {dtype}; use .float()")
    each = list(enumerate(zip(sizes, wanted, given, strict=True), 2))
    for axis, (m, out, f) in reversed(each) if dtype == np.uint8 else each:
        ratio = 1 / f if exact else m / out
        if "linear" not in mode:
            y = _nearest(y, axis, out, ratio, mode)
        elif dtype == np.uint8:  # rounded along each axis, the last one first, as in PyTorch
            y = like(input, np.floor(_linear(raw(y).astype(np.float32), axis, out, ratio, align_corners) + 0.5).astype(dtype))
        else:
            y = _linear(y, axis, out, ratio, align_corners)
    return y


def _nearest(x, axis, out, ratio, mode):
    places = np.floor((np.arange(out) + (0.5 if mode == "nearest-exact" else 0)) * ratio).astype(int)
    return index_select(x, axis, np.minimum(places, x.shape[axis] - 1))


def _linear(x, axis, out, ratio, align_corners):
    n = x.shape[axis]
    if align_corners:
        places = np.arange(out) * ((n - 1) / (out - 1) if out > 1 else 0)
    else:
        places = np.maximum((np.arange(out) + 0.5) * ratio - 0.5, 0)
    low = np.minimum(np.floor(places).astype(int), n - 1)
    t = (places - low).astype(raw(x).dtype).reshape((-1,) + (1,) * (x.ndim - axis - 1))
    return index_select(x, axis, low) * (1 - t) + index_select(x, axis, np.minimum(low + 1, n - 1)) * t
