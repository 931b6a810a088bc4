"""The dtypes, which are NumPy's, also with PyTorch's names, and a few constants."""

from __future__ import annotations

import builtins
import math
from typing import Any

import numpy as np

from ..autograd.node import FLOAT32, is_tensor

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
    """float32, the dtype that Python floats are converted to.

    >>> import tinygrad_edu as tg
    >>> tg.get_default_dtype()
    dtype('float32')
    """
    return FLOAT32


def set_default_dtype(d) -> None:
    """Accepts only float32, which is the default; for float64, pass dtype= to the tensors that a computation starts from."""
    if dtype(d) != FLOAT32:
        raise NotImplementedError(
            f"set_default_dtype(): the default stays float32, got {dtype(d)}; pass dtype= when creating tensors, "
            "or convert them with x.double() and model.double()"
        )


def is_floating_point(input) -> builtins.bool:
    """Whether the dtype is float16, float32 or float64.

    >>> import tinygrad_edu as tg
    >>> tg.is_floating_point(tg.tensor([1, 2]))
    False
    """
    return input.dtype.kind == "f"
