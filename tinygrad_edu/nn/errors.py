"""Errors that PyTorch and Python would class differently: they are both. And the checks that many layers share."""

from typing import Any

import numpy as np

from ..autograd.errors import DomainError, DtypeError, ShapeError

__all__ = ["DomainError", "DtypeError", "ShapeError", "check_dtype", "check_sizes"]


def check_sizes(layer: Any, **sizes: Any) -> None:
    """Raise unless each size of a layer is an int (or all in a tuple are), and none is negative."""
    for name, size in sizes.items():
        for n in size if isinstance(size, (tuple, list)) else (size,):
            if not isinstance(n, (int, np.integer)):
                raise TypeError(f"{layer._get_name()}: {name} must be an int, got {size!r}")
            if n < 0:
                raise DomainError(f"{layer._get_name()}: {name} must not be negative, got {size!r}")


def check_dtype(layer: Any, input: Any, weight: Any) -> None:
    """Raise unless the input of a layer has the dtype of its weights: computing in float64 by accident is slow, not wrong."""
    if weight is None or input.dtype == weight.dtype:
        return
    if isinstance(input, np.ndarray):
        advice = f"x.astype(np.{weight.dtype})"
    else:
        advice = f"x.{_CONVERSION[weight.dtype.name]}"
        if input.dtype.name in _CONVERSION:
            advice += f" or model.{_CONVERSION[input.dtype.name]}"
    raise DtypeError(f"{layer._get_name()}: the input is {input.dtype} and the weights are {weight.dtype}; use {advice}")


_CONVERSION = {"float32": "float()", "float64": "double()"}
