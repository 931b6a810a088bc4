"""NumPy's dtypes, also under PyTorch's names, and a few constants."""

from __future__ import annotations

import builtins
import math
from typing import Any

import numpy as np

from ..autograd import node
from ..autograd.node import is_tensor

__all__ = [
    "float16", "float32", "float64", "half", "float", "double", "uint8", "int8", "int16", "int32", "int64", "short", "int",
    "long", "bool", "bool_", "finfo", "iinfo", "dtype", "Size", "pi", "e", "inf", "nan", "newaxis", "get_default_dtype",
    "set_default_dtype", "is_tensor", "is_floating_point",
]  # fmt: skip
METHODS = ["is_floating_point"]

float16 = half = np.float16
float32 = float = np.float32
float64 = double = np.float64
uint8, int8 = np.uint8, np.int8
int16 = short = np.int16
int32 = int = np.int32
int64 = long = np.int64
bool = bool_ = np.bool_
finfo, iinfo, dtype = np.finfo, np.iinfo, np.dtype


class Size(tuple[builtins.int, ...]):
    """A shape: a tuple of ints with `numel()`, the number of elements.

    >>> Size([2, 3]).numel()
    6
    """

    __slots__ = ()

    def numel(self) -> builtins.int:
        """The number of elements."""
        return math.prod(self)


pi, e, inf, nan, newaxis = math.pi, math.e, math.inf, math.nan, None


def get_default_dtype() -> np.dtype[Any]:
    """The dtype that Python floats are converted to: float32, unless set_default_dtype() has changed it.

    >>> import tinygrad_edu as tg
    >>> tg.get_default_dtype()
    dtype('float32')
    """
    return node.default_float


def set_default_dtype(d) -> None:
    """Make `d`, float32 or float64, the dtype of new tensors of floats, of weights, and of quotients of integers.

    It applies to all threads. Existing tensors and arrays keep their dtype; convert a model with model.double().

    >>> import tinygrad_edu as tg
    >>> tg.set_default_dtype(tg.float64)
    >>> tg.tensor([0.5]).dtype, tg.nn.Linear(1, 1).weight.dtype
    (dtype('float64'), dtype('float64'))
    >>> tg.set_default_dtype(tg.float32)
    """
    wanted = dtype(d)
    if wanted.kind != "f":
        raise TypeError(f"set_default_dtype(): only floating-point types are supported as the default type, got {wanted}")
    if wanted not in (np.float32, np.float64):
        raise NotImplementedError(f"set_default_dtype(): the default is float32 or float64, got {wanted}; pass dtype= instead")
    node.default_float = wanted


def is_floating_point(input) -> builtins.bool:
    """Whether the dtype is float16, float32 or float64.

    >>> import tinygrad_edu as tg
    >>> tg.is_floating_point(tg.tensor([1, 2]))
    False
    """
    return input.dtype.kind == "f"
