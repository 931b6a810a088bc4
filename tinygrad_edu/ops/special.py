"""Special functions and values: logit, x log y, nan_to_num, and the error function, which NumPy lacks, to float64 precision."""

import math

import numpy as np

from .._numbers import refuses_text
from ..autograd import node
from ..autograd.arrays import as_array, kernel
from ..autograd.node import raw
from ..autograd.primitives import implements, primitive
from .elementwise import clamp, log, where

__all__ = ["erf", "erfc", "erfinv", "logit", "xlogy", "nan_to_num"]
METHODS = __all__
IN_PLACE = METHODS
OUT = __all__

# erf x = 2/√π · Σ (−1)ⁿ x²ⁿ⁺¹ / (n! (2n+1)), used where |x| < 1: 18 terms reach 1e-17
_SERIES = [2 / math.sqrt(math.pi) * (-1) ** n / (math.factorial(n) * (2 * n + 1)) for n in range(18)]

# (1 + 2x)·exp(x²)·erfc(x) as a Chebyshev series in u = (x − 3) / (x + 3), used by erfc, and by erf where |x| >= 1;
# printed by tests/oracles/make_erf.py.
# Source: Shepherd & Laframboise, Chebyshev Approximation of (1+2x)exp(x²)erfc(x) in 0 ≤ x < ∞,
# Math. Comp. 36, 1981.
_CHEBYSHEV = [
    1.17756257419656, 0.005353904539615676, -0.09377550342284209, 0.05436652555744322, -0.018976596707845208,
    0.004453426061462712, -0.0006335531710553147, 1.7661719523171593e-05, 1.2841532864056671e-05,
    -2.0072285659059913e-06, -1.807522790414837e-07, 7.549828343825093e-08, 1.885668523838603e-09,
    -2.699519049798364e-09, -1.460079119939105e-11, 1.0361607445969489e-10, 1.475715976623473e-12,
    -4.277340064396911e-12, -2.07922492859799e-13, 1.8134502003176963e-13, 1.973425574544739e-14, -7.287943737592673e-15,
    -1.5169878690228116e-15, 2.3514112258781403e-16, 1.0006111691821667e-16, -2.057252816953854e-18,
]  # fmt: skip


# the same polynomial in powers of u; Python floats, because a NumPy float64 would promote float32 arrays
_TAIL = np.polynomial.chebyshev.cheb2poly(_CHEBYSHEV).tolist()
_TAIL32 = np.polynomial.chebyshev.cheb2poly(_CHEBYSHEV[:11]).tolist()


def _polynomial(coefficients, u):
    """Σ cₙ uⁿ, by Horner's rule in one array."""
    total = np.full_like(u, coefficients[-1])
    for c in coefficients[-2::-1]:
        total *= u
        total += c
    return total


def _near(x):
    """erf x for |x| < 1."""
    return x * _polynomial(_SERIES if x.dtype == np.float64 else _SERIES[:11], x * x)


def _tail(x):
    """erfc x for x >= 0."""
    x = np.minimum(x, 30)  # erfc 30 is 0 even in float64, whereas ∞/∞ is nan
    near = np.trunc(x * 16) / 16  # its square is exact, so that exp(−x²) is accurate even if x² is large
    scale = np.exp(-near * near) * np.exp(-(x - near) * (x + near))
    return scale * _polynomial(_TAIL if x.dtype == np.float64 else _TAIL32, (x - 3) / (x + 3)) / (1 + 2 * x)


def _floating(x):
    x = as_array(x)
    return x if x.dtype.kind == "f" else x.astype(node.default_float)


BLOCK = 1 << 14
"""Elements per block: the fifty passes of a polynomial then stay in a core's cache."""


def _in_blocks(function, x):
    """function(x) for an array of any shape, block by block."""
    flat = np.ravel(x)
    y = np.empty_like(flat)
    for i in range(0, flat.size, BLOCK):
        y[i : i + BLOCK] = function(flat[i : i + BLOCK])
    return np.reshape(y, x.shape)


def _erf(x):
    near = np.abs(x) < 1
    y = np.empty_like(x)
    y[near] = _near(x[near])
    y[~near] = np.copysign(1 - _tail(np.abs(x[~near])), x[~near])
    return y


def _erfc(x):
    tail = _tail(np.abs(x))
    return tail + (x < 0) * (2 - 2 * tail)  # np.where takes several times as long for float32 if the signs have no pattern


@primitive
@kernel
def erf(x):
    """erf x = 2/√π ∫₀ˣ e^(−t²) dt, within 2 units in the last place in float64.

    >>> import tinygrad_edu as tg
    >>> tg.erf(tg.tensor([-1.0, 0.0, 0.5]))
    tensor([-0.8427,  0.0000,  0.5205])
    """
    return _in_blocks(_erf, _floating(x))


erf.vjp(lambda g, y, x: g * (2 / math.sqrt(math.pi)) * np.exp(-x * x))


@primitive
@kernel
def erfc(x):
    """erfc x = 1 − erf x, without cancellation for large x.

    >>> import tinygrad_edu as tg
    >>> tg.erfc(tg.tensor([0.0, 5.0]))
    tensor([1.0000e+00, 1.5375e-12])
    """
    return _in_blocks(_erfc, _floating(x))


erfc.vjp(lambda g, y, x: -g * (2 / math.sqrt(math.pi)) * np.exp(-x * x))


def _erfinv(x):
    """The y with erf y = x, for |x| < 1: Winitzki's formula, then four steps of Halley's method, in float64."""
    x = x.astype(np.float64)
    left = np.log1p(-x * x)
    half = 2 / (math.pi * 0.147) + left / 2
    y = np.copysign(np.sqrt(np.maximum(np.sqrt(half * half - left / 0.147) - half, 0)), x)
    for _ in range(4):
        off = np.where(np.abs(x) < 0.5, _erf(y) - x, np.sign(x) * ((1 - np.abs(x)) - _erfc(np.abs(y))))
        step = off * (math.sqrt(math.pi) / 2) * np.exp(y * y)
        y = y - step / (1 + y * step)
    return y


@primitive
@kernel
def erfinv(x):
    """The y with erf y = x; ±inf at ±1, nan outside. Halley's method, starting from an approximation by S. Winitzki, 2008.

    >>> import tinygrad_edu as tg
    >>> tg.erfinv(tg.tensor([-0.5, 0.0, 0.5]))
    tensor([-0.4769,  0.0000,  0.4769])
    """
    x = _floating(x)
    inside = np.abs(x) < 1
    y = np.where(np.abs(x) == 1, np.copysign(math.inf, x), math.nan).astype(x.dtype)
    y[inside] = _in_blocks(_erfinv, x[inside].astype(np.float64)).astype(x.dtype)
    return y


erfinv.vjp(lambda g, y, x: g * (math.sqrt(math.pi) / 2) * np.exp(y * y))


@primitive
def _logit(x):
    return np.log(np.true_divide(x, 1 - x))


@_logit.vjp
def _(g, y, x):
    return np.where((raw(x) < 0) | (raw(x) > 1), math.nan, g / (x * (1 - x)))  # ∞ at 0 and 1


@refuses_text("eps")
def logit(input, eps=None):
    """log(input / (1 − input)) for 0 ≤ input ≤ 1, nan outside; if eps is given, input is first limited to [eps, 1 − eps]."""
    input = input if input.dtype.kind == "f" else input.astype(node.default_float)
    return _logit(input if eps is None else clamp(input, eps, 1 - eps))


def xlogy(input, other):
    """input · log other; 0 where input is 0, even if other ≤ 0 or other = ∞, but nan where other is nan."""
    empty = (raw(input) == 0) & ((raw(other) <= 0) | (raw(other) == math.inf))
    return input * log(where(empty, 1, other))


@implements(np.nan_to_num)
@refuses_text("nan", "posinf", "neginf")
def nan_to_num(input, nan=0.0, posinf=None, neginf=None):
    """input with its nan, ∞ and −∞ replaced by `nan`, `posinf` and `neginf`; the gradient of replaced elements is 0.

    posinf, neginf  None means the largest and the lowest finite number of the dtype

    >>> import tinygrad_edu as tg
    >>> tg.nan_to_num(tg.tensor([float("nan"), 1.0]))
    tensor([0., 1.])
    """
    if input.dtype.kind != "f":
        return input
    limits = np.finfo(input.dtype)
    input = where(np.isnan(raw(input)), nan, input)
    input = where(raw(input) == math.inf, float(limits.max) if posinf is None else posinf, input)
    return where(raw(input) == -math.inf, float(limits.min) if neginf is None else neginf, input)
