"""Errors that PyTorch and Python would class differently: they are both. And warnings that point at the user's line."""

import sys
import warnings
from typing import Any

from ..autograd.errors import ShapeError

__all__ = ["DomainError", "DtypeError", "ShapeError", "check_dtype", "warn"]


class DtypeError(RuntimeError, TypeError):
    """A tensor of the wrong dtype: PyTorch raises RuntimeError for it; TypeError is Python's word."""


class DomainError(RuntimeError, ValueError):
    """A value outside the range a function is defined on: PyTorch raises RuntimeError for it; ValueError is Python's word."""


def warn(message: str) -> None:
    """A UserWarning at the nearest line outside this package."""
    package = __name__.partition(".")[0]
    level = 1
    while sys._getframe(level).f_globals.get("__name__", "").partition(".")[0] == package and sys._getframe(level).f_back:
        level += 1
    warnings.warn(message, UserWarning, stacklevel=level + 1)


def check_dtype(layer: Any, input: Any, weight: Any) -> None:
    """Raise unless the input of a layer has the dtype of its weights: computing in float64 by accident is slow, not wrong."""
    if weight is not None and input.dtype != weight.dtype:
        raise DtypeError(
            f"{layer._get_name()}: the input is {input.dtype} and the weights are {weight.dtype}; "
            f"convert one of them: x.to({weight.dtype}) or model.to({input.dtype})"
        )
