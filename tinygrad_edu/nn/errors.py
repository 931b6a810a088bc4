"""Checks that many layers share, and errors of two classes, for cases where PyTorch and Python raise different ones."""

from typing import Any

import numpy as np

from ..autograd.errors import DomainError, DtypeError, ShapeError

__all__ = ["DomainError", "DtypeError", "ShapeError", "check_dtype", "check_sizes"]


def check_sizes(layer: Any, **sizes: Any) -> None:
    """Raise an error unless each size of a layer is a nonnegative int or a tuple of such ints."""
    for name, size in sizes.items():
        for n in size if isinstance(size, (tuple, list)) else (size,):
            if not isinstance(n, (int, np.integer)):
                raise TypeError(f"{layer._get_name()}: {name} must be an int, got {size!r}")
            if n < 0:
                raise DomainError(f"{layer._get_name()}: {name} must not be negative, got {size!r}")


def check_dtype(layer: Any, input: Any, weight: Any) -> None:
    """Raise an error unless the input of a layer has the dtype of its weights: accidental float64 is slow, though not wrong."""
    if weight is None or input.dtype == weight.dtype:
        return
    if isinstance(input, np.ndarray):
        advice = f"x.astype(np.{weight.dtype})"
    else:
        advice = f"x.{_CONVERSION[weight.dtype.name]}"
        if input.dtype.name in _CONVERSION:
            advice += f" or model.{_CONVERSION[input.dtype.name]}"
    raise DtypeError(f"{layer._get_name()}: the input is {input.dtype}, but the weights are {weight.dtype}; use {advice}")


_CONVERSION = {"float32": "float()", "float64": "double()"}
