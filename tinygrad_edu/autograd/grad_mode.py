"""Whether operations are recorded, per thread: no_grad, enable_grad, set_grad_enabled."""

from __future__ import annotations

import functools
import inspect
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


class _Switch:
    """Sets the mode for a block or, as a decorator, for each call of a function."""

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
            with _Switch(enabled):  # a fresh one: several threads may run the function at once
                return function(*args, **kwargs)

        @functools.wraps(function)
        def generate(*args: Any, **kwargs: Any) -> Any:
            steps = function(*args, **kwargs)
            sent = None
            while True:
                with _Switch(enabled):  # the caller's code between two values runs in the caller's mode
                    try:
                        value = steps.send(sent)
                    except StopIteration as end:
                        return end.value
                sent = yield value

        return generate if inspect.isgeneratorfunction(function) else call  # type: ignore[return-value]  # wraps keeps it


class set_grad_enabled(_Switch):  # noqa: N801 - as PyTorch names it
    """Switch recording on or off: at once, as a statement; for a block, in a `with`; for each call, as a decorator.

    >>> with set_grad_enabled(False):
    ...     is_grad_enabled()
    False
    """

    def __init__(self, enabled: bool) -> None:
        super().__init__(enabled)
        self._at_first = mode.enabled
        mode.enabled = self._enabled

    def __exit__(self, *exception: object) -> None:
        super().__exit__()
        mode.enabled = self._before[-1] if self._before else self._at_first

    def __call__(self, function: F) -> F:
        mode.enabled = self._at_first  # as a decorator it says nothing about the code around the function
        return super().__call__(function)


class no_grad(_Switch):  # noqa: N801 - as PyTorch names it
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


class enable_grad(_Switch):  # noqa: N801 - as PyTorch names it
    """Record again inside a `no_grad` block.

    >>> with no_grad(), enable_grad():
    ...     is_grad_enabled()
    True
    """

    def __new__(cls, function: Any = None) -> Any:
        return super().__new__(cls) if function is None else cls()(function)

    def __init__(self) -> None:
        super().__init__(True)


class inference_mode(no_grad):  # noqa: N801 - as PyTorch names it
    """no_grad under PyTorch's other name: nothing more is saved here."""
