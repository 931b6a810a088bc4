"""Temporarily replacing the forward functions of all primitives, to time them or to count calls."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from ..primitives import PRIMITIVES, Primitive

Wrap = Callable[[Primitive, Callable[..., Any]], Callable[..., Any]]
_wraps: list[Wrap] = []
_unwrapped: dict[Primitive, Callable[..., Any]] = {}
_wrapping = threading.RLock()


def wrap_forwards(wrap: Wrap) -> Callable[[], None]:
    """Replace the forward function of every primitive loaded so far by `wrap(op, op.forward)`, until the returned function is
    called.

    This applies to all threads. Several wrappers may be active, and may be undone in any order.
    """
    with _wrapping:
        _wraps.append(wrap)
        _set_forwards()

    def undo() -> None:
        with _wrapping:
            _wraps.remove(wrap)
            _set_forwards()

    return undo


def _set_forwards() -> None:
    for op in PRIMITIVES.values():
        op.forward = _unwrapped.setdefault(op, op.forward)
        for wrap in _wraps:
            op.forward = wrap(op, op.forward)
    if not _wraps:
        _unwrapped.clear()
