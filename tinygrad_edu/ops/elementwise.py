"""Elementwise functions: arithmetic, powers, exponentials, trigonometry, step functions, selection.

Most ops are defined by a NumPy function and one rule per input. A rule is `(g, y, *inputs) -> gradient`; it never un-broadcasts
(the engine does) and uses only what works on arrays and, for derivatives of higher order, on Tensors.
"""

from __future__ import annotations

import math
import operator
from typing import TYPE_CHECKING, overload

import numpy as np

from ..autograd.arrays import as_array
from ..autograd.errors import DomainError
from ..autograd.node import from_array, is_tensor, raw, snapshot
from ..autograd.primitives import NUMPY, implements, primitive
from .axes import like, number_array
from .comparison import greater, less

if TYPE_CHECKING:
    from .._tensor import Tensor

__all__ = [
    "where", "negative", "positive", "log", "power", "square", "sqrt", "reciprocal",
    "rsqrt", "exp", "exp2", "expm1", "log2", "log10", "log1p", "logaddexp", "sin", "cos", "tan", "arcsin", "arccos",
    "arctan", "arctan2", "sinh", "cosh", "tanh", "arcsinh", "arccosh", "arctanh", "hypot", "sign", "floor", "ceil", "trunc",
    "rint", "absolute", "maximum", "minimum", "fmax", "fmin", "copysign", "clamp",
]  # fmt: skip
METHODS = [name for name in __all__ if name not in {"where", "power", "rint"}]
IN_PLACE = [name for name in METHODS if name not in {"positive", "logaddexp", "maximum", "minimum", "fmax", "fmin"}]
OUT = [name for name in __all__ if name not in {"positive", "power", "rint"}]


def _flat(g, y, *inputs):
    """The rule of a step function: zeros, even where g is infinite."""
    return np.where(False, g, 0)


# --- arithmetic ---
add = primitive(np.add, lambda g, y, a, b: g, lambda g, y, a, b: g, doc="a + b; shapes broadcast.")
subtract = primitive(np.subtract, lambda g, y, a, b: g, lambda g, y, a, b: -g, doc="a − b; shapes broadcast.")
multiply = primitive(np.multiply, lambda g, y, a, b: g * b, lambda g, y, a, b: g * a,
    doc="a · b, elementwise; shapes broadcast.")  # fmt: skip
divide = primitive(np.true_divide, lambda g, y, a, b: g / b, lambda g, y, a, b: -g * (a / b / b), name="divide",
    doc="a / b; the quotient of integers has the default dtype.")  # fmt: skip  # not a / b²: b² may be 0 or ∞
negative = primitive(np.negative, lambda g, y, x: -g, doc="−x.")
positive = primitive(np.positive, lambda g, y, x: g, doc="A copy of x.")


# --- powers ---
def _power_base(g, y, a, b):
    if isinstance(b, (int, float)):
        return g * (b * a ** (b - 1)) if b != 0 else g * 0
    return g * np.where(b == 0, 0, b * a ** np.where(b == 0, 1, b - 1))


def _power_exponent(g, y, a, b):
    zero = a == 0  # y·log 0 is 0 · −inf where b > 0, with the limit 0; at b = 0 it is 0 as in PyTorch
    safe = np.where(zero, np.ones((), y.dtype), a)  # a float: NumPy would compute the logarithm of int8 in float16
    return g * np.where(zero, np.where(b >= 0, 0, -math.inf), y * np.log(safe))


# operator.pow: NumPy has a fast path for arrays ** 2
power = primitive(operator.pow, _power_base, _power_exponent, name="power",
    doc="aᵇ; the gradient of b is nan for a < 0; at a = 0 it is 0 for b ≥ 0, and infinite for b < 0.")  # fmt: skip
NUMPY[np.power] = power
square = primitive(np.square, lambda g, y, x: g * 2 * x, doc="x².")
sqrt = primitive(np.sqrt, lambda g, y, x: g * 0.5 / y, doc="√x; nan for x < 0; the gradient at 0 is ∞.")
reciprocal = primitive(lambda x: np.true_divide(1, x), lambda g, y, x: -g * y * y, name="reciprocal",
    doc="1 / x.")  # fmt: skip  # np.reciprocal truncates integers
NUMPY[np.reciprocal] = reciprocal


def rsqrt(input):
    """1 / √input."""
    return reciprocal(sqrt(input))


# --- exponentials and logarithms ---
exp = primitive(np.exp, lambda g, y, x: g * y, doc="eˣ.")
exp2 = primitive(np.exp2, lambda g, y, x: g * y * math.log(2), doc="2ˣ.")
expm1 = primitive(np.expm1, lambda g, y, x: g * (y + 1), doc="eˣ − 1, accurate near 0.")
log = primitive(np.log, lambda g, y, x: g / x, doc="The natural logarithm; −∞ at 0, nan below.")
log2 = primitive(np.log2, lambda g, y, x: g / (x * math.log(2)), doc="The logarithm to base 2.")
log10 = primitive(np.log10, lambda g, y, x: g / (x * math.log(10)), doc="The logarithm to base 10.")
log1p = primitive(np.log1p, lambda g, y, x: g / (1 + x), doc="log(1 + x), accurate near 0.")


def _part(a, b):
    """e^a / (e^a + e^b), the share of a; the share of +∞ is 1, and two equal infinities have ½ each."""
    top = as_array(np.maximum(raw(a), raw(b)))

    def weight(x):
        at_infinity = np.where(raw(x) == top, 0, -math.inf).astype(top.dtype)
        return np.exp(np.where(np.isinf(top), at_infinity, x - top))  # x − logaddexp(a, b) would have few decimals near 1e4

    e = weight(a)
    return e / (e + weight(b))


logaddexp = primitive(np.logaddexp, lambda g, y, a, b: g * _part(a, b), lambda g, y, a, b: g * _part(b, a),
    doc="log(eᵃ + eᵇ) without overflow; two equal infinities share the gradient.")  # fmt: skip


# --- trigonometry ---


def _ratio(a, b):
    """a / b; 0 where b is 0."""
    return np.where(b == 0, 0, a / np.where(b == 0, 1, b))


sin = primitive(np.sin, lambda g, y, x: g * np.cos(x), doc="sin x, x in radians.")
cos = primitive(np.cos, lambda g, y, x: -g * np.sin(x), doc="cos x, x in radians.")
tan = primitive(np.tan, lambda g, y, x: g * (1 + y * y), doc="tan x, x in radians.")
arcsin = primitive(np.arcsin, lambda g, y, x: g / np.sqrt(1 - x * x),
    doc="The angle in [−π/2, π/2] whose sine is x; nan outside [−1, 1].")  # fmt: skip
arccos = primitive(np.arccos, lambda g, y, x: -g / np.sqrt(1 - x * x),
    doc="The angle in [0, π] whose cosine is x; nan outside [−1, 1].")  # fmt: skip
arctan = primitive(np.arctan, lambda g, y, x: g / (1 + x * x), doc="The angle in (−π/2, π/2) whose tangent is x.")
arctan2 = primitive(
    np.arctan2,
    lambda g, y, a, b: g * _ratio(b, 1.0 * a * a + b * b),  # 1.0: squares of int8 would overflow
    lambda g, y, a, b: -g * _ratio(a, 1.0 * a * a + b * b),
    doc="The angle in [−π, π] of the point (b, a); the gradient at (0, 0) is 0.")  # fmt: skip
sinh = primitive(np.sinh, lambda g, y, x: g * np.cosh(x), doc="(eˣ − e⁻ˣ) / 2.")
cosh = primitive(np.cosh, lambda g, y, x: g * np.sinh(x), doc="(eˣ + e⁻ˣ) / 2.")
tanh = primitive(np.tanh, lambda g, y, x: g * (1 - y * y), doc="(eˣ − e⁻ˣ) / (eˣ + e⁻ˣ), in (−1, 1).")
arcsinh = primitive(np.arcsinh, lambda g, y, x: g / np.sqrt(x * x + 1), doc="The inverse of sinh.")
arccosh = primitive(np.arccosh, lambda g, y, x: g / np.sqrt(x * x - 1), doc="The inverse of cosh; nan for x < 1.")
arctanh = primitive(np.arctanh, lambda g, y, x: g / (1 - x * x), doc="The inverse of tanh; nan outside [−1, 1].")
hypot = primitive(np.hypot, lambda g, y, a, b: g * _ratio(a, y), lambda g, y, a, b: g * _ratio(b, y),
    doc="√(a² + b²) without overflow; the gradient at (0, 0) is 0.")  # fmt: skip


# --- step functions: the gradient is zero wherever it exists ---


def _step(ufunc, doc, already="iub"):
    """A step function; inputs of the dtype kinds in `already`, which it would not change, are copied."""

    def forward(x):
        return np.copy(x) if as_array(x).dtype.kind in already else ufunc(x)

    step = primitive(forward, _flat, name=ufunc.__name__, doc=doc)
    NUMPY[ufunc] = step
    return step


sign = _step(np.sign, "−1, 0 or 1; the gradient is 0.", already="b")
floor = _step(np.floor, "The largest integer ≤ x; the gradient is 0.")
ceil = _step(np.ceil, "The smallest integer ≥ x; the gradient is 0.")
trunc = _step(np.trunc, "x rounded towards 0; the gradient is 0.")
rint = _step(np.rint, "The nearest integer, with halves rounded to the even one; the gradient is 0.")

# --- selection ---
_BITS = {np.dtype(f"f{n}"): np.dtype(f"i{n}") for n in (2, 4, 8)}


@primitive
def gate(g, open):
    """g where `open` is True, else 0, even where g is ∞ or nan (0 · g would be nan).

    The bits of g are multiplied by 0 or 1: from 10⁵ elements on, np.where takes 4 to 20 times as long if `open` has no pattern.
    """
    return (g.view(_BITS[g.dtype]) * open).view(g.dtype)


gate.vjp(lambda g, y, x, open: gate(g, open))
gate.vjp(None)

absolute = primitive(np.absolute, lambda g, y, x: g * np.sign(x), doc="|x|; the gradient at 0 is 0.")


def _wins(g, first, second, beats):
    """g where `first` beats `second`, half of it where they are equal, else 0; nan beats everything."""
    first, second = as_array(raw(first)), as_array(raw(second))
    return gate(g, beats(first, second) | np.isnan(first)) + gate(0.5 * g, first == second)


maximum = primitive(np.maximum, lambda g, y, a, b: _wins(g, a, b, np.greater), lambda g, y, a, b: _wins(g, b, a, np.greater),
    doc="The larger of a and b; nan if either is nan; equal values share the gradient.")  # fmt: skip
minimum = primitive(np.minimum, lambda g, y, a, b: _wins(g, a, b, np.less), lambda g, y, a, b: _wins(g, b, a, np.less),
    doc="The smaller of a and b; nan if either is nan; equal values share the gradient.")  # fmt: skip


def _choice(first):
    """The rules of a function that returns a where first(a, b) is True, else b."""
    return lambda g, y, a, b: gate(g, first(raw(a), raw(b))), lambda g, y, a, b: gate(g, ~first(raw(a), raw(b)))


fmax = primitive(np.fmax, *_choice(lambda a, b: (a >= b) | np.isnan(b)),
    doc="The larger of a and b, ignoring nan; if they are equal, the gradient goes to a.")  # fmt: skip
fmin = primitive(np.fmin, *_choice(lambda a, b: (a <= b) | np.isnan(b)),
    doc="The smaller of a and b, ignoring nan; if they are equal, the gradient goes to a.")  # fmt: skip
copysign = primitive(np.copysign, lambda g, y, a, b: g * np.sign(raw(a)) * np.copysign(1, raw(b)), _flat,
    doc="|a| with the sign of b.")  # fmt: skip


_where = primitive(np.where, None,
    lambda g, y, condition, a, b: gate(g, condition), lambda g, y, condition, a, b: gate(g, ~condition))  # fmt: skip


@overload
def where(condition) -> tuple[Tensor, ...]: ...
@overload
def where(condition, input, other) -> Tensor: ...
@implements(np.where)
def where(condition, input=None, other=None):
    """`input` where `condition` is true, else `other`.

    The gradient goes to the selected branch. The other branch is still computed: `where(x > 0, sqrt(x), 0)` has
    gradient nan at x < 0, where the rule of sqrt divides 0 by nan; mask the argument instead: `sqrt(where(x > 0, x, 1))`.

    >>> import tinygrad_edu as tg
    >>> x = tg.tensor([-1.0, 2.0])
    >>> tg.where(x > 0, x, 0.1 * x)
    tensor([-0.1000,  2.0000])
    """
    if input is None and other is None:
        return tuple(like(condition, i) for i in np.nonzero(np.atleast_1d(raw(condition))))
    mask = as_array(snapshot(condition), np.dtype(bool))
    if is_tensor(condition) and not is_tensor(input) and not is_tensor(other):
        input = from_array(number_array(input))
    return _where(mask, input, other)


@primitive
def clip(x, *, min=None, max=None):
    return np.clip(x, min, max)


@clip.vjp
def _(g, y, x, *, min=None, max=None):
    low, high = -math.inf if min is None else min, math.inf if max is None else max
    return gate(g, (raw(x) >= low) & (raw(x) <= high))


def _beyond(x, bound, side):
    """Where x is beyond `bound`; a nan bound wins, as in PyTorch."""
    return raw(side(x, bound)) | np.isnan(raw(bound))


def clamp(input, min=None, max=None):
    """input limited to [min, max]; the gradient is 1 inside and at the bounds, 0 outside. Bounds may be Tensors.

    >>> import tinygrad_edu as tg
    >>> tg.clamp(tg.tensor([-3.0, 0.5, 3.0]), -1, 1)
    tensor([-1.0000,  0.5000,  1.0000])
    """
    if min is None and max is None:
        raise DomainError("clamp(): At least one of 'min' or 'max' must not be None")
    if is_tensor(min) or is_tensor(max):
        low = input if min is None else where(_beyond(input, min, less), min, input)
        return low if max is None else where(_beyond(low, max, greater), max, low)
    return clip(input, min=min, max=max)


@implements(np.clip)
def _numpy_clip(a, a_min=None, a_max=None, *, min=None, max=None):
    return clamp(a, a_min if min is None else min, a_max if max is None else max)


# PyTorch's other names
SPELLINGS = {
    "abs": absolute, "neg": negative, "fix": trunc, "clip": clamp, "acos": arccos, "asin": arcsin, "atan": arctan,
    "atan2": arctan2, "acosh": arccosh, "asinh": arcsinh, "atanh": arctanh,
}  # fmt: skip
OUT += SPELLINGS
METHODS += SPELLINGS
IN_PLACE += SPELLINGS
