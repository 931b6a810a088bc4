"""Copies of a tensor, and conversion to another dtype."""

import numpy as np

from ..autograd.arrays import require_numbers
from ..autograd.node import is_tensor
from ..autograd.primitives import implements, primitive
from .devices import check_device

__all__ = ["clone", "cast"]
METHODS = ["clone", "astype", "to", "type_as", "cpu"]
DTYPE_NAMES = {"float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "bool"}


_clone = primitive(lambda x: np.copy(x), lambda g, y, x: g, name="clone")


@implements(np.copy)
def clone(input, *, memory_format=None):
    """A copy of input; the gradient passes through."""
    return _clone(input)


_cast = primitive(  # `like` is an empty array whose dtype is the target; it tells the engine that float64 is intended
    lambda x, like: x.astype(like.dtype), lambda g, y, x, like: g.astype(x.dtype), None, name="cast"
)


def cast(x, dtype):
    """x in another dtype, or x itself if it already has that dtype; the gradient is cast back."""
    return x if x.dtype == dtype else _cast(x, require_numbers("to()", np.empty(0, dtype)))


astype = cast  # the name of the method


def to(input, *args, **kwargs):
    """input in another dtype; a copy if its dtype changes or `copy` is True. The only device accepted is the CPU."""
    flags = [x for x in args if isinstance(x, bool)]  # non_blocking, copy
    copy, out = kwargs.get("copy", flags[1:] == [True]), input
    for dtype in wanted_dtypes(args, kwargs):
        out = cast(out, dtype)
    return clone(input) if copy and out is input else out


def wanted_dtypes(args, kwargs):
    """The dtypes among the arguments of a `to` method; the only device accepted is the CPU."""
    kwargs.pop("memory_format", None)  # accepted as in PyTorch: it does not affect values
    for value in (*args, *kwargs.values()):
        if isinstance(value, str) and value not in DTYPE_NAMES:
            check_device(value)
        elif not isinstance(value, (bool, type(None))):  # non_blocking=, copy=
            yield value.dtype if is_tensor(value) else value


def type_as(input, other):
    """input converted to the dtype of `other`."""
    return cast(input, other.dtype)


def cpu(input):
    """input unchanged: everything is on the CPU."""
    return input
