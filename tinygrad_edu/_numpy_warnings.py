"""Running code without NumPy's warnings, at a lower cost than np.errstate, which takes 1 to 4 µs."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import Context, ContextVar, copy_context
from typing import Any, TypeVar

import numpy as np

T = TypeVar("T")


_quiet = Context()
_quiet.run(np.seterr, all="ignore")
_IGNORE: list[tuple[ContextVar[Any], Any]] = list(_quiet.items())  # NumPy's settings are a context variable


def quiet_context() -> Context:
    """A context without NumPy's warnings, for code that reads no other context variables; creating it takes 0.1 µs."""
    return _quiet.copy()


def without_warnings(run: Callable[..., T], *args: Any, **options: Any) -> T:
    """run(*args, **options) without NumPy's warnings, in a copy of the context: no setting outlives it, even after Ctrl-C.

    >>> without_warnings(np.log, np.zeros(1))
    array([-inf])
    """
    return copy_context().run(_run, run, args, options)


def _run(run: Callable[..., T], args: tuple[Any, ...], options: dict[str, Any]) -> T:
    for variable, value in _IGNORE:
        variable.set(value)
    return run(*args, **options)
