"""Element by element: arithmetic, powers, exponentials, trigonometry, steps, choices.

One line an op: the NumPy function, then one rule an input. A rule is `(g, y, *inputs) -> gradient`; it never un-broadcasts
(the engine does) and it is NumPy notation throughout, so that it runs on arrays and, for higher orders, on Tensors.
"""

from __future__ import annotations

import math
import operator
from typing import TYPE_CHECKING, overload

import numpy as np

from ..autograd.errors import DivisionByZeroError, DomainError, DtypeError, ShapeError
from ..autograd.node import FLOAT32, from_array, is_tensor, raw, snapshot
from ..autograd.primitives import NUMPY, implements, primitive
from .axes import accepts_out, like, torch_names
from .comparison import greater, less

if TYPE_CHECKING:
    from .._tensor import Tensor

__all__ = [
    "where", "negative", "positive", "floor_divide", "remainder", "fmod", "log", "power", "square", "sqrt", "reciprocal",
    "rsqrt", "exp", "exp2", "expm1", "log2", "log10", "log1p", "logaddexp", "sin", "cos", "tan", "arcsin", "arccos",
    "arctan", "arctan2", "sinh", "cosh", "tanh", "arcsinh", "arccosh", "arctanh", "hypot", "sign", "floor", "ceil", "trunc",
    "rint", "absolute", "maximum", "minimum", "fmax", "fmin", "copysign", "masked_fill", "clamp", "clamp_min", "clamp_max",
    "round", "frac", "lerp", "float_power", "addcmul", "addcdiv", "logit", "xlogy", "nan_to_num",
]  # fmt: skip
METHODS = [name for name in __all__ if name not in {"where", "power", "rint"}]
IN_PLACE = [name for name in METHODS if name not in {"positive", "logaddexp", "maximum", "minimum", "fmax", "fmin"}]


def _flat(g, y, *inputs):
    """The rule of a step function: zeros, even where g is infinite."""
    return np.where(False, g, 0)


# --- arithmetic ---
add = primitive(np.add, lambda g, y, a, b: g, lambda g, y, a, b: g)
subtract = primitive(np.subtract, lambda g, y, a, b: g, lambda g, y, a, b: -g)
multiply = primitive(np.multiply, lambda g, y, a, b: g * b, lambda g, y, a, b: g * a)
divide = primitive(np.true_divide, lambda g, y, a, b: g / b, lambda g, y, a, b: -g * (y / b), name="divide")  # b² may be 0 or ∞
negative = primitive(np.negative, lambda g, y, x: -g)
positive = primitive(np.positive, lambda g, y, x: g)


# --- division with a whole quotient ---
_floor_divide = primitive(np.floor_divide, _flat, _flat)
_remainder = primitive(np.remainder, lambda g, y, a, b: g, lambda g, y, a, b: -g * np.floor_divide(a, b))
_fmod = primitive(np.fmod, lambda g, y, a, b: g, lambda g, y, a, b: -g * np.trunc(a / b))


@primitive
def _trunc_divide(a, b):
    if np.result_type(a, b).kind == "f":
        return np.trunc(np.true_divide(a, b))
    return (a - np.fmod(a, b)) // b  # integers stay exact beyond 2⁵³


_trunc_divide.vjp(_flat)
_trunc_divide.vjp(_flat)


def _kind(x):
    """b, i, u or f, of an array or a number."""
    return x.dtype.kind if hasattr(x, "dtype") else "b" if isinstance(x, bool) else "i" if isinstance(x, int) else "f"


def _whole(divide, numpy_function=None, name=None):
    """`divide`, refusing what integers have no answer to (NumPy says 0 there), and booleans."""

    def call(input, other):
        a, b = raw(input), raw(other)
        kinds = _kind(a), _kind(b)
        if "f" in kinds:
            return divide(input, other)
        if kinds == ("b", "b"):
            raise DtypeError(f"{call.__name__}(): booleans cannot be divided; convert them first, with .long() or .float()")
        if not (b.all() if hasattr(b, "dtype") else b) and np.size(a):
            raise DivisionByZeroError(
                f"{call.__name__}(): integers are divided by 0, which has no answer; floats give inf or nan: use .float()"
            )
        return divide(input, other)

    call.__name__ = call.__qualname__ = name or divide.op.name
    if numpy_function:
        NUMPY[numpy_function] = call
    return call


floor_divide = _whole(_floor_divide, np.floor_divide)
remainder = _whole(_remainder, np.remainder)  # the sign of b
fmod = _whole(_fmod, np.fmod)  # the sign of a
_div_trunc = _whole(_trunc_divide, name="div")


# --- powers ---
def _power_base(g, y, a, b):
    if isinstance(b, (int, float)):
        return g * (b * a ** (b - 1)) if b != 0 else g * 0
    return g * np.where(b == 0, 0, b * a ** np.where(b == 0, 1, b - 1))


def _power_exponent(g, y, a, b):
    zero = a == 0  # y·log 0 is 0 · −inf where b ≥ 0; its limit is 0
    safe = np.where(zero, np.ones((), y.dtype), a)  # a float: NumPy would take the logarithm of int8 in float16
    return g * np.where(zero, np.where(b >= 0, 0, -math.inf), y * np.log(safe))


power = primitive(operator.pow, _power_base, _power_exponent, name="power")  # operator: arrays ** 2 is a fast path of NumPy
NUMPY[np.power] = power
square = primitive(np.square, lambda g, y, x: g * 2 * x)
sqrt = primitive(np.sqrt, lambda g, y, x: g * 0.5 / y)
reciprocal = primitive(lambda x: np.true_divide(1, x), lambda g, y, x: -g * y * y, name="reciprocal")  # integers: floats
NUMPY[np.reciprocal] = reciprocal


def rsqrt(input):
    """1 / √input."""
    return reciprocal(sqrt(input))


# --- exponentials and logarithms ---
exp = primitive(np.exp, lambda g, y, x: g * y)
exp2 = primitive(np.exp2, lambda g, y, x: g * y * math.log(2))
expm1 = primitive(np.expm1, lambda g, y, x: g * (y + 1))
log = primitive(np.log, lambda g, y, x: g / x)
log2 = primitive(np.log2, lambda g, y, x: g / (x * math.log(2)))
log10 = primitive(np.log10, lambda g, y, x: g / (x * math.log(10)))
log1p = primitive(np.log1p, lambda g, y, x: g / (1 + x))


def _part(a, b):
    """e^a / (e^a + e^b); an infinity takes all, two equal ones share it."""
    top = np.asarray(np.maximum(raw(a), raw(b)))

    def weight(x):
        beside_infinity = np.where(raw(x) == top, 0, -math.inf).astype(top.dtype)
        return np.exp(np.where(np.isinf(top), beside_infinity, x - top))  # not x − y: y near 1e4 has few digits after the point

    e = weight(a)
    return e / (e + weight(b))


logaddexp = primitive(np.logaddexp, lambda g, y, a, b: g * _part(a, b), lambda g, y, a, b: g * _part(b, a))


# --- trigonometry ---


def _ratio(a, b):
    """a / b; 0 where b is 0."""
    return np.where(b == 0, 0, a / np.where(b == 0, 1, b))


sin = primitive(np.sin, lambda g, y, x: g * np.cos(x))
cos = primitive(np.cos, lambda g, y, x: -g * np.sin(x))
tan = primitive(np.tan, lambda g, y, x: g * (1 + y * y))
arcsin = primitive(np.arcsin, lambda g, y, x: g / np.sqrt(1 - x * x))
arccos = primitive(np.arccos, lambda g, y, x: -g / np.sqrt(1 - x * x))
arctan = primitive(np.arctan, lambda g, y, x: g / (1 + x * x))
arctan2 = primitive(
    np.arctan2,
    lambda g, y, a, b: g * _ratio(b, 1.0 * a * a + b * b),  # 1.0: of int8 the squares would overflow
    lambda g, y, a, b: -g * _ratio(a, 1.0 * a * a + b * b),
)
sinh = primitive(np.sinh, lambda g, y, x: g * np.cosh(x))
cosh = primitive(np.cosh, lambda g, y, x: g * np.sinh(x))
tanh = primitive(np.tanh, lambda g, y, x: g * (1 - y * y))
arcsinh = primitive(np.arcsinh, lambda g, y, x: g / np.sqrt(x * x + 1))
arccosh = primitive(np.arccosh, lambda g, y, x: g / np.sqrt(x * x - 1))
arctanh = primitive(np.arctanh, lambda g, y, x: g / (1 - x * x))
hypot = primitive(np.hypot, lambda g, y, a, b: g * _ratio(a, y), lambda g, y, a, b: g * _ratio(b, y))


# --- steps: the gradient is zero wherever there is one ---


def _step(ufunc, already="iub"):
    """A step function; numbers of the kinds in `already` (integers, which are whole) stay as they are."""

    def forward(x):
        return np.array(x) if np.asarray(x).dtype.kind in already else ufunc(x)

    step = primitive(forward, _flat, name=ufunc.__name__)
    NUMPY[ufunc] = step
    return step


sign = _step(np.sign, already="b")
floor, ceil, trunc, rint = map(_step, (np.floor, np.ceil, np.trunc, np.rint))

# --- choices ---
_BITS = {np.dtype(f"f{n}"): np.dtype(f"i{n}") for n in (2, 4, 8)}


@primitive
def gate(g, open):
    """g where `open` is True, else 0, also where g is ∞ or nan, of which 0 · g would make nan.

    The bits of g are multiplied by 0 or 1: NumPy's `where` takes ten times as long if `open` has no pattern.
    """
    return (g.view(_BITS[g.dtype]) * open).view(g.dtype)


gate.vjp(lambda g, y, x, open: gate(g, open))
gate.vjp(None)

absolute = primitive(np.absolute, lambda g, y, x: g * np.sign(x))


def _wins(g, first, second, beats):
    """g where `first` beats `second`, half of it where they tie, else 0; nan beats all."""
    first, second = np.asarray(raw(first)), np.asarray(raw(second))
    return gate(g, beats(first, second) | np.isnan(first)) + gate(0.5 * g, first == second)


maximum = primitive(np.maximum, lambda g, y, a, b: _wins(g, a, b, np.greater), lambda g, y, a, b: _wins(g, b, a, np.greater))
minimum = primitive(np.minimum, lambda g, y, a, b: _wins(g, a, b, np.less), lambda g, y, a, b: _wins(g, b, a, np.less))


def _first_wins(a, b, beats):
    """Where fmax or fmin takes a: nan loses, a tie is won by the first."""
    return beats(raw(a), raw(b)) | np.isnan(raw(b))


fmax = primitive(
    np.fmax,
    lambda g, y, a, b: gate(g, _first_wins(a, b, np.greater_equal)),
    lambda g, y, a, b: gate(g, ~_first_wins(a, b, np.greater_equal)),
)
fmin = primitive(
    np.fmin,
    lambda g, y, a, b: gate(g, _first_wins(a, b, np.less_equal)),
    lambda g, y, a, b: gate(g, ~_first_wins(a, b, np.less_equal)),
)
copysign = primitive(np.copysign, lambda g, y, a, b: g * np.sign(raw(a)) * np.copysign(1, raw(b)), _flat)


@primitive
def _where(condition, a, b):
    return np.where(condition, a, b)


_where.vjp(None)
_where.vjp(lambda g, y, condition, a, b: gate(g, condition))
_where.vjp(lambda g, y, condition, a, b: gate(g, ~condition))


@overload
def where(condition) -> tuple[Tensor, ...]: ...
@overload
def where(condition, input, other) -> Tensor: ...
@implements(np.where)
def where(condition, input=None, other=None):
    """`input` where `condition` holds, else `other`.

    The gradient goes to the branch that was taken. The other branch is still computed: `where(x > 0, sqrt(x), 0)` has
    gradient nan at x < 0, because 0 · inf is nan; _where the argument instead: `sqrt(where(x > 0, x, 1))`.

    >>> import tinygrad_edu as tg
    >>> x = tg.tensor([-1.0, 2.0])
    >>> tg.where(x > 0, x, 0.1 * x)
    tensor([-0.1000,  2.0000])
    """
    if input is None and other is None:
        return tuple(like(condition, i) for i in np.nonzero(np.atleast_1d(raw(condition))))
    mask = np.asarray(snapshot(condition), dtype=bool)
    if is_tensor(condition) and not is_tensor(input) and not is_tensor(other):
        input = from_array(np.asarray(input, FLOAT32 if isinstance(input, float) else None))
    return _where(mask, input, other)


def masked_fill(input, mask, value):
    """input with `value`, one number, where `mask` is True; the dtype is that of input, so that integers cut a fraction off.

    >>> import tinygrad_edu as tg
    >>> tg.masked_fill(tg.tensor([1.0, 2.0]), tg.tensor([True, False]), 0.0)
    tensor([0., 2.])
    """
    if raw(mask).dtype != np.bool_:
        raise DtypeError(f"masked_fill(): expected a boolean mask, got {raw(mask).dtype}; a comparison makes one")
    if np.ndim(raw(value)):
        raise ShapeError(f"masked_fill(): the value must be one number, got shape {value.shape}; where() takes more")
    if input.dtype.kind in "iu" and not np.isfinite(raw(value)):
        raise DomainError(f"masked_fill(): {input.dtype} has no {float(value)}; convert first, with .float()")
    value = value.astype(input.dtype) if is_tensor(value) else np.asarray(value).astype(input.dtype)
    return where(mask, value, input)


@primitive
def clip(x, *, min=None, max=None):
    return np.clip(x, min, max)


@clip.vjp
def _(g, y, x, *, min=None, max=None):
    inside = np.ones(x.shape, bool)
    if min is not None:
        inside = inside & (raw(x) >= min)
    if max is not None:
        inside = inside & (raw(x) <= max)
    return gate(g, inside)


def _beyond(x, bound, side):
    """Where x is on the wrong side of `bound`; a bound that is nan wins, as in PyTorch."""
    return raw(side(x, bound)) | np.isnan(raw(bound))


def clamp(input, min=None, max=None):
    """input limited to [min, max]; the gradient is 1 inside and at the bounds, 0 outside. Bounds may be Tensors.

    >>> import tinygrad_edu as tg
    >>> tg.clamp(tg.tensor([-3.0, 0.5, 3.0]), -1, 1)
    tensor([-1.0000,  0.5000,  1.0000])
    """
    if min is None and max is None:
        raise DomainError("clamp(): at least one of min and max must not be None")
    if is_tensor(min) or is_tensor(max):
        low = input if min is None else where(_beyond(input, min, less), min, input)
        return low if max is None else where(_beyond(low, max, greater), max, low)
    return clip(input, min=min, max=max)


@implements(np.clip)
def _numpy_clip(a, a_min=None, a_max=None, *, min=None, max=None):
    return clamp(a, a_min if min is None else min, a_max if max is None else max)


def clamp_min(input, min):
    """input, but at least `min`: clamp with one bound."""
    return clamp(input, min=min)


def clamp_max(input, max):
    """input, but at most `max`: clamp with one bound."""
    return clamp(input, max=max)


# --- PyTorch's signatures ---


def _weighed(name, alpha, input, other):
    """alpha · other; a fraction would turn integers into floats."""
    if isinstance(alpha, float) and all(np.asarray(raw(x)).dtype.kind != "f" for x in (input, other)):
        raise DtypeError(f"{name}(): for integers alpha must be an integer, got {alpha}; convert first, with .float()")
    return other if not is_tensor(alpha) and alpha == 1 else alpha * other


@accepts_out
def torch_add(input, other, *, alpha=1):
    """input + alpha · other."""
    return add(input, _weighed("add", alpha, input, other))


@accepts_out
def torch_sub(input, other, *, alpha=1):
    """input − alpha · other."""
    return subtract(input, _weighed("sub", alpha, input, other))


@accepts_out
def torch_mul(input, other):
    """input · other."""
    return multiply(input, other)


@accepts_out
def torch_div(input, other, *, rounding_mode=None):
    """input / other; rounding_mode 'floor' rounds down, 'trunc' towards 0, and integers stay integers then.

    >>> import tinygrad_edu as tg
    >>> tg.div(tg.tensor([-7.0, 7.0]), 2.0, rounding_mode="trunc")
    tensor([-3.,  3.])
    """
    if rounding_mode is None:
        return divide(input, other)
    if rounding_mode == "floor":
        return floor_divide(input, other)
    if rounding_mode != "trunc":
        raise DomainError(f"div(): rounding_mode must be None, 'floor' or 'trunc', got {rounding_mode!r}")
    return _div_trunc(input, other)


def torch_pow(input, exponent):
    """input ** exponent; integers stay integers, and have no negative powers."""
    return power(input, exponent)


@torch_names
def round(x, decimals=0):
    """x rounded to `decimals` places; a half goes to the even neighbour; the gradient is 0.

    >>> import tinygrad_edu as tg
    >>> tg.round(tg.tensor([0.5, 1.5, 2.345]), decimals=0)
    tensor([0., 2., 2.])
    """
    if decimals == 0:
        return rint(x)
    if x.dtype.kind != "f":
        raise DtypeError(f"round(): decimals={decimals} is for floating point, got {x.dtype}; use .float()")
    return rint(x * 10**decimals) / 10**decimals


implements(np.round)(lambda a, decimals=0: round(a, decimals))


def frac(input):
    """input − trunc(input)."""
    return input - trunc(input)


def lerp(input, end, weight):
    """input + weight · (end − input), counted from the nearer end, so that weight 1 gives `end` to the last digit."""
    step = end - input
    return where(absolute(raw(weight)) < 0.5, input + weight * step, end - step * (1 - weight))


def float_power(input, exponent):
    """input ** exponent in float64."""
    return power(*(x.astype(np.float64) if hasattr(x, "astype") else x for x in (input, exponent)))


def addcmul(input, tensor1, tensor2, *, value=1):
    """input + value · tensor1 · tensor2."""
    return input + value * (tensor1 * tensor2)


def addcdiv(input, tensor1, tensor2, *, value=1):
    """input + value · tensor1 / tensor2."""
    return input + value * (tensor1 / tensor2)


@primitive
def _logit(x):
    return np.log(np.true_divide(x, 1 - x))


@_logit.vjp
def _(g, y, x):
    return np.where((raw(x) < 0) | (raw(x) > 1), math.nan, g / (x * (1 - x)))  # ∞ at 0 and 1


def logit(input, eps=None):
    """log(input / (1 − input)) for 0 ≤ input ≤ 1, nan outside; input is limited to [eps, 1 − eps] first if eps is given."""
    input = input if input.dtype.kind == "f" else input.astype(FLOAT32)
    return _logit(input if eps is None else clamp(input, eps, 1 - eps))


def xlogy(input, other):
    """input · log other, 0 where input is 0, also where the logarithm is infinite or not defined."""
    empty = (raw(input) == 0) & ((raw(other) <= 0) | (raw(other) == math.inf))
    return input * log(where(empty, 1, other))


@implements(np.nan_to_num)
def nan_to_num(input, nan=0.0, posinf=None, neginf=None):
    """input with numbers in place of nan, ∞ (the largest number by default) and −∞; no gradient flows there.

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


# --- what help() says of the functions that are one line above; kinks and edges as in PyTorch ---
_SENTENCES = {
    add: "a + b; shapes broadcast.",
    subtract: "a − b; shapes broadcast.",
    multiply: "a · b, element by element; shapes broadcast.",
    divide: "a / b; the quotient of integers is float32.",
    negative: "−x.",
    positive: "x, as a new tensor.",
    floor_divide: "⌊a / b⌋; the gradient is 0.",
    remainder: "a − b · ⌊a / b⌋: the sign of b, as Python's %.",
    fmod: "a − b · trunc(a / b): the sign of a, as C's fmod.",
    power: "aᵇ; at a = 0 the gradient in b is 0 for b ≥ 0, and nan for a < 0.",
    square: "x².",
    sqrt: "√x; nan for x < 0; the gradient at 0 is ∞.",
    reciprocal: "1 / x.",
    exp: "eˣ.",
    exp2: "2ˣ.",
    expm1: "eˣ − 1, with all its digits near 0.",
    log: "The natural logarithm; −∞ at 0, nan below.",
    log2: "The logarithm to base 2.",
    log10: "The logarithm to base 10.",
    log1p: "log(1 + x), with all its digits near 0.",
    logaddexp: "log(eᵃ + eᵇ) without overflow; two equal infinities share the gradient.",
    sin: "sin x, x in radians.",
    cos: "cos x, x in radians.",
    tan: "tan x, x in radians.",
    arcsin: "The angle in [−π/2, π/2] whose sine is x; nan outside [−1, 1].",
    arccos: "The angle in [0, π] whose cosine is x; nan outside [−1, 1].",
    arctan: "The angle in (−π/2, π/2) whose tangent is x.",
    arctan2: "The angle in (−π, π] of the point (b, a); the gradient at (0, 0) is 0.",
    sinh: "(eˣ − e⁻ˣ) / 2.",
    cosh: "(eˣ + e⁻ˣ) / 2.",
    tanh: "(eˣ − e⁻ˣ) / (eˣ + e⁻ˣ), in (−1, 1).",
    arcsinh: "The inverse of sinh.",
    arccosh: "The inverse of cosh; nan for x < 1.",
    arctanh: "The inverse of tanh; nan outside [−1, 1].",
    hypot: "√(a² + b²) without overflow; the gradient at (0, 0) is 0.",
    sign: "−1, 0 or 1; the gradient is 0.",
    floor: "The largest integer ≤ x; the gradient is 0.",
    ceil: "The smallest integer ≥ x; the gradient is 0.",
    trunc: "x without its fraction; the gradient is 0.",
    rint: "The nearest integer, a half to the even one; the gradient is 0.",
    absolute: "|x|; the gradient at 0 is 0.",
    maximum: "The larger of a and b; nan if either is; a tie halves the gradient.",
    minimum: "The smaller of a and b; nan if either is; a tie halves the gradient.",
    fmax: "The larger of a and b, a number before nan; at a tie the gradient goes to a.",
    fmin: "The smaller of a and b, a number before nan; at a tie the gradient goes to a.",
    copysign: "|a| with the sign of b.",
}
for _function, _sentence in _SENTENCES.items():
    _function.__doc__ = _sentence
