"""Rounding as in PyTorch to the last digit, so that the numbers of generator.py are exactly, not nearly, the same.

Three things matter: a fused multiply-add rounds once where NumPy rounds twice; float64 functions are the C library's;
and PyTorch's float32 normals come from short polynomials.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
F32, F64 = np.dtype(np.float32), np.dtype(np.float64)


def libm(function: Callable[[float], float], x: Array) -> Array:
    """The C library's log, log1p, cos or sin, which PyTorch calls; NumPy's may differ in the last digit of a float64."""
    return np.fromiter(map(function, x.tolist()), np.float64, x.size)


def multiply_add(x: Array, scale: Any, shift: Any) -> Array:
    """x · scale + shift, rounded once, like a processor's fused multiply-add."""
    if scale == 1 and shift == 0:
        return x
    if x.dtype == F32:
        return _fma(x, scale, shift)
    with np.errstate(over="ignore", invalid="ignore"):
        product = x * scale
        (x1, x0), (s1, s0) = _halves(x), _halves(scale)
        error = ((x1 * s1 - product) + x1 * s0 + x0 * s1) + x0 * s0  # product + error is x · scale exactly (Dekker 1971)
        total = product + shift
        back = total - product
        rest = (product - (total - back)) + (shift - back)  # total + rest is product + shift exactly (Knuth)
        exact: Array = total + (rest + error)
    np.copyto(exact, total, where=~np.isfinite(exact))  # the halves of values near the largest float64 overflow
    return exact


def _halves(x: Any) -> tuple[Any, Any]:
    c = x * 134217729.0  # 2²⁷ + 1
    high = c - (c - x)
    return high, x - high


def _fma(x: Any, y: Any, z: Any) -> Array:
    """x · y + z for float32 values, rounded to float32 only at the end: x · y is exact in float64."""
    exact: Array = np.multiply(x, y, dtype=np.float64) + z
    return exact.astype(np.float32)


# --- Box-Muller ---


def box_muller(u: Array) -> Array:
    """u [16 k] uniform in [0, 1) -> [16 k] normal: the first eight of each sixteen give radii, the last eight angles.

    r = √(−2 log(1 − u₁))    θ = 2π u₂    z = (r cos θ, r sin θ)

    Source: Box & Muller 1958, doi:10.1214/aoms/1177706645.
    """
    u1, u2 = u.reshape(-1, 2, 8).swapaxes(0, 1)
    if u.dtype == F64:
        flat = (2.0 * math.pi * u2).ravel()
        radius = np.sqrt(-2.0 * libm(math.log, (1.0 - u1).ravel()))
        cos, sin = libm(math.cos, flat), libm(math.sin, flat)
    else:
        radius = np.sqrt(np.float32(-2) * log32((np.float32(1) - u1).ravel()))
        cos, sin = cos_sin32((np.float32(2 * math.pi) * u2).ravel())
    return np.stack([(radius * cos).reshape(-1, 8), (radius * sin).reshape(-1, 8)], axis=1).ravel()


# float32 logarithm, cosine and sine as polynomials (S. L. Moshier, Cephes, single precision). NumPy's differ from
# PyTorch's, and between processors, in the last digits; these are the same everywhere.
LOG = np.array(
    [
        7.0376836292e-2,
        -1.1514610310e-1,
        1.1676998740e-1,
        -1.2420140846e-1,
        1.4249322787e-1,
        -1.6668057665e-1,
        2.0000714765e-1,
        -2.4999993993e-1,
        3.3333331174e-1,
    ],
    np.float32,
)
LN2 = np.array([-2.12194440e-4, 0.693359375], np.float32)  # log 2 in two parts
SIN = np.array([-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1], np.float32)
COS = np.array([2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2], np.float32)
PI_4 = np.array([0.78515625, 2.4187564849853515625e-4, 3.77489497744594108e-8], np.float32)  # π/4 in three parts


def log32(x: Array) -> Array:
    """log x for float32 0 < x ≤ 1: with x = 2ᵉ (1 + f), √½ ≤ 1 + f < √2, e log 2 + f − f²/2 + f³ P(f)."""
    one = np.float32(1)
    m, exponent = np.frexp(x)
    low = m < np.float32(math.sqrt(0.5))
    e = exponent.astype(np.float32) - low
    f = np.where(low, (m - one) + m, m - one)
    f2 = f * f
    y = _fma(_horner(LOG, f) * f, f2, e * LN2[0])
    return _fma(e, LN2[1], f + _fma(f2, np.float32(-0.5), y))


def cos_sin32(x: Array) -> tuple[Array, Array]:
    """cos x and sin x for float32 0 ≤ x < 8192: first, the nearest even multiple of π/4 is subtracted."""
    octant = ((x * np.float32(4 / math.pi)).astype(np.int32) + 1) & ~1
    k = octant.astype(np.float32)
    for part in PI_4:
        x = _fma(k, -part, x)
    x2 = x * x
    cos = _fma(_horner(COS, x2) * x2, x2, x2 * np.float32(-0.5)) + np.float32(1)
    sin = _fma(_horner(SIN, x2) * x2, x, x)
    swap = octant & 2 != 0
    cos, sin = np.where(swap, sin, cos), np.where(swap, cos, sin)
    return np.where((octant + 2) & 4 != 0, -cos, cos), np.where(octant & 4 != 0, -sin, sin)


def _horner(coefficients: Array, x: Array) -> Array:
    """c₀ xⁿ + c₁ xⁿ⁻¹ + … + cₙ for float32 values, by Horner's rule; each y · x + c is computed in float64, then rounded."""
    x = x.astype(np.float64)
    y: Array = coefficients[0]
    for c in coefficients[1:].astype(np.float64):
        y = x * y
        y += c
        y = y.astype(np.float32)
    return y
