"""Whether operations are recorded, per thread: no_grad, enable_grad, set_grad_enabled."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


class _Mode(threading.local):
    enabled = True


mode = _Mode()


def is_grad_enabled() -> bool:
    """True where operations on this thread are recorded.

    >>> is_grad_enabled()
    True
    """
    return mode.enabled


class set_grad_enabled:  # noqa: N801 - a context manager, named as PyTorch names it
    """Switch recording on or off for a block or, as a decorator, for each call of a function.

    >>> with set_grad_enabled(False):
    ...     is_grad_enabled()
    False
    """

    def __init__(self, enabled: bool) -> None:
        self._enabled = bool(enabled)
        self._before: list[bool] = []  # a stack: one object may be entered again inside itself

    def __enter__(self) -> None:
        self._before.append(mode.enabled)
        mode.enabled = self._enabled

    def __exit__(self, *exception: object) -> None:
        mode.enabled = self._before.pop()

    def __call__(self, function: F) -> F:
        enabled = self._enabled

        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            with set_grad_enabled(enabled):  # a fresh one: several threads may run the function at once
                return function(*args, **kwargs)

        return call  # type: ignore[return-value]  # wraps keeps the signature


class no_grad(set_grad_enabled):  # noqa: N801 - as PyTorch names it
    """Record nothing: for evaluation, and for changing parameters in place.

    Works as `with no_grad():`, as `@no_grad()` and as `@no_grad`.

    >>> import tinygrad_edu as tg
    >>> w = tg.ones(2, requires_grad=True)
    >>> with tg.no_grad():
    ...     w -= 0.5
    >>> w
    tensor([0.5000, 0.5000], requires_grad=True)
    """

    def __new__(cls, function: Any = None) -> Any:
        return super().__new__(cls) if function is None else cls()(function)

    def __init__(self) -> None:
        super().__init__(False)


class enable_grad(set_grad_enabled):  # noqa: N801 - as PyTorch names it
    """Record again inside a `no_grad` block.

    >>> with no_grad(), enable_grad():
    ...     is_grad_enabled()
    True
    """

    def __new__(cls, function: Any = None) -> Any:
        return super().__new__(cls) if function is None else cls()(function)

    def __init__(self) -> None:
        super().__init__(True)
