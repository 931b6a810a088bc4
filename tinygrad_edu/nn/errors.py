"""Checks that many layers share, and the error classes of autograd/errors.py."""

import math
from typing import Any

import numpy as np

from .._foreign import described, is_foreign
from ..autograd.errors import DomainError, DtypeError, ShapeError

__all__ = ["DomainError", "DtypeError", "ShapeError", "check_dtype", "check_sizes", "described", "features_hint"]


def check_sizes(layer: Any, **sizes: Any) -> None:
    """Raise an error unless each size of a layer is a nonnegative int, or a tuple or list of such ints."""
    for name, size in sizes.items():
        for n in size if isinstance(size, (tuple, list)) else (size,):
            if not isinstance(n, (int, np.integer)):
                kind = "contain only ints" if isinstance(size, (tuple, list)) else "be an int"
                raise TypeError(f"{layer._get_name()}: {name} must {kind}, got {size!r}")
            if n < 0:
                raise DomainError(f"{layer._get_name()}: {name} must not be negative, got {size!r}")


def check_dtype(layer: Any, input: Any, weight: Any) -> None:
    """Raise an error unless a layer's input is a Tensor or an array with the dtype of its weights."""
    if is_foreign(input) or not hasattr(input, "dtype"):
        raise TypeError(f"{layer._get_name()}: the input must be a Tensor, got {described(input)}")
    if weight is None or input.dtype == weight.dtype:
        return
    if isinstance(input, np.ndarray):
        advice = f"x.astype(np.{weight.dtype})"
    else:
        advice = f"x.{_CONVERSION[weight.dtype.name]}"
        if input.dtype.name in _CONVERSION:
            advice += f" or model.{_CONVERSION[input.dtype.name]}"
    same = "mat1 and mat2 must have the same dtype: " if layer._get_name() == "Linear" else ""
    raise DtypeError(f"{layer._get_name()}: {same}the input is {input.dtype}, but the weights are {weight.dtype}; use {advice}")


_CONVERSION = {"float32": "float()", "float64": "double()"}


def features_hint(shape: tuple[int, ...], weight: tuple[int, ...]) -> str:
    """PyTorch's sentence about an input whose last axis does not match weights [out, in], with a suggestion if there is one."""
    rows = f"{math.prod(shape[:-1])}x{shape[-1]}" if shape else "0-d"
    text = f": mat1 and mat2 shapes cannot be multiplied ({rows} and {weight[1]}x{weight[0]})"
    if math.prod(shape) == weight[1]:
        return f"{text}; x.reshape(1, -1) turns it into a batch of one row"
    if len(shape) > 1 and math.prod(shape[1:]) == weight[1]:
        return f"{text}; put nn.Flatten() before this layer to turn each sample into a row"
    return text
