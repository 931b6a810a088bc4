"""What is to be done once a backward pass is over: PyTorch's `queue_callback`."""

from __future__ import annotations

import threading
from collections.abc import Callable


class _Pass(threading.local):
    """`with callbacks:` stands around a backward pass; a hook may start another one inside it."""

    def __init__(self) -> None:
        self.queued: list[Callable[[], None]] | None = None  # None: no pass is running on this thread
        self.outer: list[list[Callable[[], None]] | None] = []

    def __enter__(self) -> None:
        self.outer.append(self.queued)
        self.queued = []

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            for callback in self.queued or () if kind is None else ():
                callback()
        finally:
            self.queued = self.outer.pop()


callbacks = _Pass()


def queue_callback(callback: Callable[[], None]) -> None:
    """Call `callback()` once the backward() that is running on this thread is over and every leaf has its gradient.

    For hooks that must see the whole gradient, such as its sum over several machines. A callback may queue more. If the
    backward pass raises, nothing is called.
    Raises RuntimeError outside of backward(), and autograd.grad() is outside.

    >>> import tinygrad_edu as tg
    >>> w = tg.tensor([1.0, 2.0], requires_grad=True)
    >>> y = w * w
    >>> _ = y.register_hook(lambda g: queue_callback(lambda: print("all of it:", w.grad)))
    >>> y.sum().backward()
    all of it: tensor([2., 4.])
    """
    if callbacks.queued is None:
        raise RuntimeError("queue_callback: Final callbacks can only be installed during backward pass: call it in a hook")
    callbacks.queued.append(callback)
