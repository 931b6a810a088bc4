"""Observers of the engine: functions that are called for each recorded result, each result without a graph, each node of a
backward pass, and at the end of a backward pass.

A watcher observes the thread or asyncio task that opened it, and tasks started there. Without watchers, `on_result`, `on_cut`
and `on_gradients` are None, and the engine calls nothing.
"""

from __future__ import annotations

import contextlib
from _thread import RLock, get_ident  # threading takes 0.6 ms to import
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any
from weakref import ref

from .arrays import Symbol
from .node import Node, from_array, tensor_class

ResultObserver = Callable[[Any], None]
CutObserver = Callable[["Node", str, tuple[Any, ...]], None]
GradientsObserver = Callable[["Node", Any, Any], None]

on_result: ResultObserver | None = None
on_cut: CutObserver | None = None
on_gradients: GradientsObserver | None = None

_here: ContextVar[tuple[Watcher, ...]] = ContextVar("watchers", default=())
_open: list[Watcher] = []  # in all threads
_opening = RLock()  # a signal handler may open one too


class Watcher:
    """Calls its functions until `close()`; several watchers may be closed in any order.

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
        """Whether it observes the current thread or task."""
        return self in _open and self in _here.get()

    def close(self) -> None:
        """Stop observing; calling it again has no effect."""
        with _opening:
            if self in _open:
                _open.remove(self)
            _connect()
        _here.set(tuple(watcher for watcher in _here.get() if watcher in _open))


def _teller(kind: str) -> Any:
    """The function that the engine calls to notify the watchers of this thread or task."""

    def tell(*event: Any) -> None:
        for watcher in _here.get():
            function = getattr(watcher, kind)
            if function is not None and watcher in _open:
                function(*event)

    return tell


_tell_result, _tell_cut, _tell_gradients = map(_teller, ("result", "cut", "gradients"))


def _connect() -> None:
    global on_result, on_cut, on_gradients
    on_result = _tell_result if any(watcher.result for watcher in _open) else None
    on_cut = _tell_cut if any(watcher.cut for watcher in _open) else None
    on_gradients = _tell_gradients if any(watcher.gradients for watcher in _open) else None


def cut_off(x: Node, out: Node, how: str) -> None:
    """Record on `out`, which has the values of `x`, how its connection to x was cut."""
    out._cut = how, ref(x)  # type: ignore[attr-defined]  # only read if a gradient is missing
    unrecorded(out, how, (x,))


def read_out(x: Node) -> None:
    """If `x` requires grad, notify watchers that its values were converted to Python numbers, as by `item()`."""
    if on_cut is not None and x._requires_grad:
        on_cut(from_array(x._data), "item()", (x,))


def unrecorded(out: Node, how: str, inputs: tuple[Any, ...]) -> None:
    """Notify watchers of a result without a graph; how: as in cut_off, or "" if the function is unknown."""
    if on_cut is not None:
        on_cut(out, how, inputs)


# --- at the end of a backward pass ---


queued: ContextVar[list[Callable[[], None]] | None] = ContextVar("queued_callbacks", default=None)
"""Callbacks for the end of the current backward pass; None outside a backward pass."""


def queue_callback(callback: Callable[[], None]) -> None:
    """Call `callback()` at the end of the current backward() on this thread, when every leaf has its gradient.

    For hooks that need the complete gradient, for example to sum it over several machines. A callback may queue more. If the
    backward pass raises an error, no callback is called.
    Raises RuntimeError outside backward(); autograd.grad() counts as outside.

    >>> import tinygrad_edu as tg
    >>> w = tg.tensor([1.0, 2.0], requires_grad=True)
    >>> y = w * w
    >>> _ = y.register_hook(lambda g: queue_callback(lambda: print("all of it:", w.grad)))
    >>> y.sum().backward()
    all of it: tensor([2., 4.])
    """
    waiting = queued.get()
    if waiting is None:
        raise RuntimeError("queue_callback: Final callbacks can only be installed during backward pass: call it in a hook")
    waiting.append(callback)


# --- the arrays and gradients of tensors ---


@contextlib.contextmanager
def watch_attributes(read: Callable[[Any, str], Any], write: Callable[[Any, str, Any], None]) -> Iterator[None]:
    """Route each access to `_data` and `_grad` through `read(tensor, name)` and `write(tensor, name, value)`.

    Both must keep the value in the tensor's __dict__. Other threads are not affected.
    """
    owner = get_ident()
    cls: Any = tensor_class()

    def watched(name: str) -> property:
        default = getattr(cls, name, None)

        def get(x: Any) -> Any:
            if get_ident() != owner:
                value = x.__dict__.get(name, default)
                return value.a if isinstance(value, Symbol) else value
            return read(x, name)

        def put(x: Any, value: Any) -> None:
            if get_ident() != owner:
                x.__dict__[name] = value
            else:
                write(x, name, value)

        return property(get, put)

    names = ("_data", "_grad")
    properties = [watched(name) for name in names]
    for name, p in zip(names, properties, strict=True):
        setattr(cls, name, p)
    try:
        yield
    finally:
        for name in names:
            delattr(cls, name)
