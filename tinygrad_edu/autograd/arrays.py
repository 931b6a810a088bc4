"""What counts as an array: NumPy's, and the symbols that stand for one while a step is being recorded.

A symbol answers NumPy's functions and operators through NumPy's own protocols. What is here are the few things for which
NumPy has none.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np


class Symbol:
    """The base of what stands for an array: it has shape, dtype and strides, and `strided(shape, strides)`."""

    __slots__ = ()

    def strided(self, shape: tuple[int, ...], strides: tuple[int, ...]) -> Any:
        """The same memory seen with another shape and other strides (in bytes)."""
        raise NotImplementedError

    def call(self, function: Callable[..., Any], args: tuple[Any, ...], params: dict[str, Any]) -> Any:
        """function(*args, **params), recorded as one call."""
        raise NotImplementedError


def is_array(x: Any) -> bool:
    """Whether x is an array or stands for one.

    >>> is_array(np.ones(2)), is_array(1.0)
    (True, False)
    """
    return isinstance(x, (np.ndarray, Symbol))


F = TypeVar("F", bound=Callable[..., Any])


def kernel(function: F) -> F:
    """Decorator: a function from arrays to a new array that a recorded program calls, instead of repeating what is inside."""

    @functools.wraps(function)
    def call(*args: Any, **params: Any) -> Any:
        for x in args:
            if isinstance(x, Symbol):
                return x.call(function, args, params)
        return function(*args, **params)

    return call  # type: ignore[return-value]  # the same signature


def strided(x: Any, shape: tuple[int, ...], strides: tuple[int, ...]) -> Any:
    """The memory of x seen with another shape and other strides (in bytes), read-only.

    >>> strided(np.arange(4), (3, 2), (8, 8))
    array([[0, 1],
           [1, 2],
           [2, 3]])
    """
    if isinstance(x, Symbol):
        return x.strided(shape, strides)
    return np.lib.stride_tricks.as_strided(x, shape, strides, writeable=False)
