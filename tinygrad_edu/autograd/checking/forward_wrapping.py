"""Other functions in place of the forward functions of all primitives, for a while: to time them, or to count calls."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from ..primitives import PRIMITIVES, Primitive

Wrap = Callable[[Primitive, Callable[..., Any]], Callable[..., Any]]
_wraps: list[Wrap] = []
_unwrapped: dict[Primitive, Callable[..., Any]] = {}
_wrapping = threading.Lock()


def wrap_forwards(wrap: Wrap) -> Callable[[], None]:
    """Let `wrap(op, op.forward)` run instead of the forward function of every primitive, until what is returned is called.

    It runs on every thread. Several may be at work, and leave in any order.
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
