"""Element by element: arithmetic, powers, exponentials, trigonometry, choices, comparisons.

One line an op: the NumPy function, then one rule an input. A rule is `(g, y, *inputs) -> gradient`; it never un-broadcasts
(the engine does) and it is NumPy notation throughout, so that it runs on arrays and, for higher orders, on Tensors.
"""

import math
import operator

import numpy as np

from ..autograd.primitive import NUMPY, from_array, implements, is_tensor, primitive, raw

# --- arithmetic ---
add = primitive(np.add, lambda g, y, a, b: g, lambda g, y, a, b: g)
subtract = primitive(np.subtract, lambda g, y, a, b: g, lambda g, y, a, b: -g)
multiply = primitive(np.multiply, lambda g, y, a, b: g * b, lambda g, y, a, b: g * a)
divide = primitive(np.true_divide, lambda g, y, a, b: g / b, lambda g, y, a, b: -g * a / (b * b), name="divide")
negative = primitive(np.negative, lambda g, y, x: -g)
positive = primitive(np.positive, lambda g, y, x: g)
floor_divide = primitive(np.floor_divide, lambda g, y, a, b: g * 0, lambda g, y, a, b: g * 0)
remainder = primitive(np.remainder, lambda g, y, a, b: g, lambda g, y, a, b: -g * np.floor(a / b))


# --- powers ---
def _power_base(g, y, a, b):
    if isinstance(b, (int, float)):
        return g * (b * a ** (b - 1)) if b != 0 else g * 0
    return g * np.where(b == 0, 0, b * a ** np.where(b == 0, 1, b - 1))


def _power_exponent(g, y, a, b):
    zero = a == 0  # y·log 0 is 0 · −inf where b ≥ 0; its limit is 0
    return g * np.where(zero, np.where(b >= 0, 0, -math.inf), y * np.log(np.where(zero, 1, a)))


power = primitive(operator.pow, _power_base, _power_exponent, name="power")  # operator: arrays ** 2 is a fast path of NumPy
NUMPY[np.power] = power
square = primitive(np.square, lambda g, y, x: g * 2 * x)
sqrt = primitive(np.sqrt, lambda g, y, x: g * 0.5 / y)
reciprocal = primitive(np.reciprocal, lambda g, y, x: -g * y * y)


def rsqrt(x):
    """1 / √x."""
    return reciprocal(sqrt(x))


# --- exponentials and logarithms ---
exp = primitive(np.exp, lambda g, y, x: g * y)
exp2 = primitive(np.exp2, lambda g, y, x: g * y * math.log(2))
expm1 = primitive(np.expm1, lambda g, y, x: g * (y + 1))
log = primitive(np.log, lambda g, y, x: g / x)
log2 = primitive(np.log2, lambda g, y, x: g / (x * math.log(2)))
log10 = primitive(np.log10, lambda g, y, x: g / (x * math.log(10)))
log1p = primitive(np.log1p, lambda g, y, x: g / (1 + x))
logaddexp = primitive(np.logaddexp, lambda g, y, a, b: g * np.exp(a - y), lambda g, y, a, b: g * np.exp(b - y))

# --- trigonometry ---
sin = primitive(np.sin, lambda g, y, x: g * np.cos(x))
cos = primitive(np.cos, lambda g, y, x: -g * np.sin(x))
tan = primitive(np.tan, lambda g, y, x: g * (1 + y * y))
arcsin = primitive(np.arcsin, lambda g, y, x: g / np.sqrt(1 - x * x))
arccos = primitive(np.arccos, lambda g, y, x: -g / np.sqrt(1 - x * x))
arctan = primitive(np.arctan, lambda g, y, x: g / (1 + x * x))
sinh = primitive(np.sinh, lambda g, y, x: g * np.cosh(x))
cosh = primitive(np.cosh, lambda g, y, x: g * np.sinh(x))
tanh = primitive(np.tanh, lambda g, y, x: g * (1 - y * y))

# --- steps: the gradient is zero wherever there is one ---
sign = primitive(np.sign, lambda g, y, x: g * 0)
floor = primitive(np.floor, lambda g, y, x: g * 0)
ceil = primitive(np.ceil, lambda g, y, x: g * 0)
trunc = primitive(np.trunc, lambda g, y, x: g * 0)
rint = primitive(np.rint, lambda g, y, x: g * 0)

# --- choices ---
absolute = primitive(np.absolute, lambda g, y, x: g * np.sign(x))


def _wins(first, second, g):
    """1 where `first` is larger, ½ where they tie, 0 where `second` is: a constant, in the dtype of g."""
    first, second = raw(first), raw(second)
    return np.where(first > second, 1, np.where(first == second, 0.5, 0)).astype(g.dtype)


maximum = primitive(np.maximum, lambda g, y, a, b: g * _wins(a, b, g), lambda g, y, a, b: g * _wins(b, a, g))
minimum = primitive(np.minimum, lambda g, y, a, b: g * _wins(b, a, g), lambda g, y, a, b: g * _wins(a, b, g))


@primitive
def choose(condition, a, b):
    return np.where(condition, a, b)


choose.op.name = "where"
choose.vjp(None)
choose.vjp(lambda g, y, condition, a, b: np.where(condition, g, 0))
choose.vjp(lambda g, y, condition, a, b: np.where(condition, 0, g))


@implements(np.where)
def where(condition, input, other):
    """`input` where `condition` holds, else `other`.

    The gradient goes to the branch that was taken. The other branch is still computed: `where(x > 0, sqrt(x), 0)` has
    gradient nan at x < 0, because 0 · inf is nan; choose the argument instead: `sqrt(where(x > 0, x, 1))`.

    >>> import tinygrad_edu as tg
    >>> x = tg.tensor([-1.0, 2.0])
    >>> tg.where(x > 0, x, 0.1 * x)
    tensor([-0.1000,  2.0000])
    """
    return choose(raw(condition), input, other)


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
    return np.where(inside, g, 0)


@implements(np.clip)
def clamp(x, min=None, max=None):
    """x limited to [min, max]; the gradient is 1 inside and at the bounds, 0 outside. Bounds may be Tensors.

    >>> import tinygrad_edu as tg
    >>> tg.clamp(tg.tensor([-3.0, 0.5, 3.0]), -1, 1)
    tensor([-1.0000,  0.5000,  1.0000])
    """
    if min is None and max is None:
        raise ValueError("clamp(): at least one of min and max must not be None")
    if is_tensor(min) or is_tensor(max):
        low = x if min is None else maximum(x, min)
        return low if max is None else minimum(low, max)
    return clip(x, min=min, max=max)


# --- comparisons and logic: no gradient ---
_COMPARISONS = (
    np.equal, np.not_equal, np.less, np.less_equal, np.greater, np.greater_equal,
    np.logical_and, np.logical_or, np.logical_xor, np.logical_not,
    np.bitwise_and, np.bitwise_or, np.bitwise_xor, np.invert,
    np.isnan, np.isinf, np.isfinite, np.signbit,
)  # fmt: skip


def _without_gradient(ufunc):
    def call(*inputs):
        return from_array(np.asarray(ufunc(*(raw(x) for x in inputs))))

    call.__name__ = ufunc.__name__
    call.__doc__ = f"np.{ufunc.__name__}, element by element; the answer has no gradient."
    NUMPY[ufunc] = call
    return call


(
    equal, not_equal, less, less_equal, greater, greater_equal,
    logical_and, logical_or, logical_xor, logical_not,
    bitwise_and, bitwise_or, bitwise_xor, invert,
    isnan, isinf, isfinite, signbit,
) = map(_without_gradient, _COMPARISONS)  # fmt: skip
