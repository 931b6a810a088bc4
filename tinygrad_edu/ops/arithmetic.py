"""Arithmetic with PyTorch's signatures, division with an integer quotient, and functions composed of these.

The plain operations and their rules are in elementwise.py: there, `add` is NumPy's; here it has `alpha`.
"""

import numpy as np

from .._numbers import refuse_text, refuses_text
from ..autograd.arrays import require_numbers
from ..autograd.errors import DivisionByZeroError, DomainError, DtypeError
from ..autograd.node import is_tensor, raw
from ..autograd.primitives import NUMPY, implements, primitive
from . import elementwise as plain
from .axes import torch_names
from .elementwise import _flat, absolute, clamp, rint, trunc, where

__all__ = [
    "add", "sub", "mul", "div", "subtract", "multiply", "divide", "true_divide", "floor_divide", "remainder", "fmod", "pow",
    "float_power", "round", "frac", "lerp", "addcmul", "addcdiv", "clamp_min", "clamp_max",
]  # fmt: skip
METHODS = IN_PLACE = __all__
OUT = [name for name in __all__ if name not in {"true_divide", "clamp_min", "clamp_max"}]

# --- division with an integer quotient: integers stay integers ---
_floor_divide = primitive(np.floor_divide, _flat, _flat)
_remainder = primitive(np.remainder, lambda g, y, a, b: g, lambda g, y, a, b: -g * np.floor_divide(a, b))
_fmod = primitive(np.fmod, lambda g, y, a, b: g, lambda g, y, a, b: -g * np.trunc(a / b))


def _truncated(a, b):
    if np.result_type(a, b).kind == "f":
        return np.trunc(np.true_divide(a, b))
    return (a - np.fmod(a, b)) // b  # integers stay exact beyond 2⁵³


_trunc_divide = primitive(_truncated, _flat, _flat, name="trunc_divide")


def _kind(x):
    """The kind of an array or number: b, i, u or f."""
    return x.dtype.kind if hasattr(x, "dtype") else "b" if isinstance(x, bool) else "i" if isinstance(x, int) else "f"


def _whole(divide, doc, numpy_function=None, name=None):
    """`divide` with errors for two booleans, and for integers divided by 0 (NumPy returns 0)."""

    def call(input, other):
        a, b = raw(input), raw(other)
        kinds = _kind(a), _kind(b)
        if kinds == ("b", "b"):
            raise DtypeError(f"{call.__name__}(): booleans cannot be divided; convert them first, with .long() or .float()")
        if "f" not in kinds and not (b.all() if hasattr(b, "dtype") else b) and np.size(a):
            raise DivisionByZeroError(
                f"{call.__name__}(): integers cannot be divided by 0; floats give inf or nan: use .float()"
            )
        return divide(input, other)

    call.__name__ = call.__qualname__ = name or divide.op.name
    call.__doc__ = doc
    if numpy_function:
        NUMPY[numpy_function] = call
    return call


floor_divide = _whole(_floor_divide, "⌊a / b⌋; the gradient is 0.", np.floor_divide)
remainder = _whole(_remainder, "a − b · ⌊a / b⌋, with the sign of b, like Python's %.", np.remainder)
fmod = _whole(_fmod, "a − b · trunc(a / b), with the sign of a, like C's fmod.", np.fmod)
_div_trunc = _whole(_trunc_divide, None, name="div")


# --- sums, differences, products, quotients, powers ---


def _weighed(name, alpha, input, other):
    """alpha · other; DtypeError if alpha is a float and both inputs are integers, which it would turn into floats."""
    if isinstance(alpha, float) and all(np.asarray(raw(x)).dtype.kind != "f" for x in (input, other)):
        raise DtypeError(f"{name}(): for integers, alpha must be an integer, got {alpha}; convert first, with .float()")
    if not is_tensor(alpha) and alpha == 1:
        return other
    refuse_text(f"{name}()", {"alpha": alpha})
    return alpha * other


def add(input, other, *, alpha=1):
    """input + alpha · other."""
    return plain.add(input, _weighed("add", alpha, input, other))


def sub(input, other, *, alpha=1):
    """input − alpha · other."""
    return plain.subtract(input, _weighed("sub", alpha, input, other))


def div(input, other, *, rounding_mode=None):
    """input / other; rounding_mode 'floor' rounds down and 'trunc' towards 0; with either, integers stay integers.

    >>> import tinygrad_edu as tg
    >>> tg.div(tg.tensor([-7.0, 7.0]), 2.0, rounding_mode="trunc")
    tensor([-3.,  3.])
    """
    if rounding_mode is None:
        return plain.divide(input, other)
    if rounding_mode == "floor":
        return floor_divide(input, other)
    if rounding_mode != "trunc":
        raise DomainError(f"div(): rounding_mode must be None, 'floor' or 'trunc', got {rounding_mode!r}")
    return _div_trunc(input, other)


def pow(input, exponent):
    """input ** exponent; integers to integer powers, which must not be negative, stay integers."""
    return plain.power(input, exponent)


mul = multiply = plain.multiply
subtract, divide, true_divide = sub, div, div


# --- composed functions ---


@torch_names
@refuses_text("decimals")
def round(x, decimals=0):
    """x rounded to `decimals` decimal places, with halves rounded to the even neighbor; the gradient is 0.

    >>> import tinygrad_edu as tg
    >>> tg.round(tg.tensor([0.5, 1.5, 2.345]), decimals=0)
    tensor([0., 2., 2.])
    """
    if decimals == 0:
        return rint(x)
    if x.dtype.kind != "f":
        raise DtypeError(f"round(): decimals={decimals} requires floating point, got {x.dtype}; use .float()")
    return rint(x * 10**decimals) / 10**decimals


implements(np.round)(lambda a, decimals=0: round(a, decimals))


def frac(input):
    """input − trunc(input)."""
    return input - trunc(input)


@refuses_text("weight")
def lerp(input, end, weight):
    """input + weight · (end − input), computed from `end` if |weight| ≥ ½, so that weight 1 gives exactly `end`."""
    step = end - input
    return where(absolute(raw(weight)) < 0.5, input + weight * step, end - step * (1 - weight))


def float_power(input, exponent):
    """input ** exponent in float64."""
    both = (x if is_tensor(x) else require_numbers("float_power()", x) for x in (input, exponent))
    return plain.power(*(x.astype(np.float64) for x in both))


@refuses_text("value")
def addcmul(input, tensor1, tensor2, *, value=1):
    """input + value · tensor1 · tensor2."""
    return input + value * (tensor1 * tensor2)


@refuses_text("value")
def addcdiv(input, tensor1, tensor2, *, value=1):
    """input + value · tensor1 / tensor2."""
    return input + value * (tensor1 / tensor2)


def clamp_min(input, min):
    """input, but at least `min`: clamp with one bound."""
    return clamp(input, min=min)


def clamp_max(input, max):
    """input, but at most `max`: clamp with one bound."""
    return clamp(input, max=max)
