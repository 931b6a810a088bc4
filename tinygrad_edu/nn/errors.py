"""Errors that PyTorch and Python would class differently: they are both. And warnings that point at the user's line."""

import sys
import warnings

from ..autograd.errors import ShapeError

__all__ = ["DomainError", "DtypeError", "ShapeError", "warn"]


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
