"""Switching recording on and off, per thread and asyncio task: no_grad, enable_grad, set_grad_enabled, inference_mode."""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, Self, TypeVar, overload

from .._each_call import each_call

F = TypeVar("F", bound=Callable[..., Any])


_enabled = ContextVar("grad_enabled", default=True)
_enable = _enabled.set

grad_enabled = _enabled.get
"""is_grad_enabled() as a C function, which is faster to call."""


def is_grad_enabled() -> bool:
    """Whether operations are recorded.

    >>> is_grad_enabled()
    True
    """
    return grad_enabled()


class _Switch:
    """Sets the mode for a block or, as a decorator, for each call of a function."""

    def __init__(self, enabled: bool) -> None:
        self._enabled = bool(enabled)
        self._before: list[bool] = []  # a stack, because an object may be entered again inside its own block

    def __enter__(self) -> None:
        self._before.append(grad_enabled())
        try:
            _enable(self._enabled)
        except BaseException:  # Ctrl-C just after the change: __exit__ will not be called
            _enable(self._before[-1])
            raise

    def __exit__(self, *exception: object) -> None:
        _enable(self._before[-1])  # first, because Ctrl-C may arrive after any call
        self._before.pop()

    def __call__(self, function: F) -> F:
        return each_call(functools.partial(_Switch, self._enabled), function)


class set_grad_enabled(_Switch):  # noqa: N801 - PyTorch's name
    """Switch recording on or off: immediately, as a statement; for a block, with `with`; for each call, as a decorator.

    >>> with set_grad_enabled(False):
    ...     is_grad_enabled()
    False
    """

    def __init__(self, enabled: bool) -> None:
        super().__init__(enabled)
        self._at_first = grad_enabled()
        _enable(self._enabled)

    def __exit__(self, *exception: object) -> None:
        super().__exit__()
        _enable(self._before[-1] if self._before else self._at_first)

    def __call__(self, function: F) -> F:
        _enable(self._at_first)  # as a decorator, it does not affect the code around the function
        return super().__call__(function)


class _Block(_Switch):
    """A switch that can also be used as a decorator without parentheses."""

    enabled: bool

    @overload
    def __new__(cls, function: None = None) -> Self: ...
    @overload
    def __new__(cls, function: F) -> F: ...  # type: ignore[misc]  # not an instance, but the decorated function
    def __new__(cls, function: Any = None) -> Any:
        return super().__new__(cls) if function is None else cls()(function)

    def __init__(self) -> None:
        super().__init__(self.enabled)


class no_grad(_Block):  # noqa: N801 - PyTorch's name
    """Disable recording: for evaluation, and for changing parameters in place.

    Use as `with no_grad():`, `@no_grad()` or `@no_grad`.

    >>> import tinygrad_edu as tg
    >>> w = tg.ones(2, requires_grad=True)
    >>> with tg.no_grad():
    ...     w -= 0.5
    >>> w
    tensor([0.5000, 0.5000], requires_grad=True)
    """

    enabled = False


class enable_grad(_Block):  # noqa: N801 - PyTorch's name
    """Enable recording again inside a `no_grad` block.

    >>> with no_grad(), enable_grad():
    ...     is_grad_enabled()
    True
    """

    enabled = True


@overload
def inference_mode(mode: bool = True) -> _Block: ...
@overload
def inference_mode(mode: F) -> F: ...
def inference_mode(mode: Any = True) -> Any:
    """The same as no_grad here, also as a decorator; inference_mode(False) is enable_grad()."""
    if callable(mode):
        return no_grad()(mode)
    return no_grad() if mode else enable_grad()
