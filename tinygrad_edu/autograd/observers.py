"""Who watches the engine: functions that are called for each recorded result, each result without a graph, each node of a
backward pass.

A watcher sees what is computed in the thread or asyncio task that opened it, and in tasks started there. While nobody watches,
`on_result` and its kin are None, and the engine calls nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from .node import Node

ResultObserver = Callable[[Any], None]
CutObserver = Callable[["Node", str, tuple[Any, ...]], None]
GradientsObserver = Callable[["Node", Any, Any], None]

on_result: ResultObserver | None = None
on_cut: CutObserver | None = None
on_gradients: GradientsObserver | None = None

_here: ContextVar[tuple[Watcher, ...]] = ContextVar("watchers", default=())
_open: list[Watcher] = []  # in all threads
_opening = threading.Lock()


class Watcher:
    """Calls its functions until `close()`, whose order among several watchers does not matter.

    result     result(out): a result was recorded
    cut        cut(out, name of the op or how it was cut, inputs): a result has no graph
    gradients  gradients(node, g, parts): a node of a backward pass received g and sends `parts` to its inputs
    """

    def __init__(
        self,
        result: ResultObserver | None = None,
        cut: CutObserver | None = None,
        gradients: GradientsObserver | None = None,
    ) -> None:
        self.result, self.cut, self.gradients = result, cut, gradients
        with _opening:
            _open.append(self)
            _connect()
        _here.set((*_here.get(), self))

    @property
    def here(self) -> bool:
        """Whether it watches the running thread or task."""
        return self in _open and self in _here.get()

    def close(self) -> None:
        """See nothing any more; twice does no harm."""
        with _opening:
            if self in _open:
                _open.remove(self)
            _connect()
        _here.set(tuple(watcher for watcher in _here.get() if watcher in _open))


def _connect() -> None:
    global on_result, on_cut, on_gradients
    on_result = _result if any(watcher.result for watcher in _open) else None
    on_cut = _cut if any(watcher.cut for watcher in _open) else None
    on_gradients = _gradients if any(watcher.gradients for watcher in _open) else None


def _result(out: Any) -> None:
    for watcher in _here.get():
        if watcher.result is not None and watcher in _open:
            watcher.result(out)


def _cut(out: Node, how: str, inputs: tuple[Any, ...]) -> None:
    for watcher in _here.get():
        if watcher.cut is not None and watcher in _open:
            watcher.cut(out, how, inputs)


def _gradients(node: Node, g: Any, parts: Any) -> None:
    for watcher in _here.get():
        if watcher.gradients is not None and watcher in _open:
            watcher.gradients(node, g, parts)


def cut_off(x: Node, out: Node, how: str) -> None:
    """Note on `out`, which has the numbers of `x`, how the way back to x was cut."""
    out._cut = how  # type: ignore[attr-defined]  # only looked for where a gradient is missing
    unrecorded(out, how, (x,))


def unrecorded(out: Node, how: str, inputs: tuple[Any, ...]) -> None:
    """Show a result that was made without a graph to who watches for these; how: "" where the function is not known."""
    if on_cut is not None:
        on_cut(out, how, inputs)
