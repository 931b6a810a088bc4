"""Run each call of a function, which may be a generator function or asynchronous, inside a context manager."""

from __future__ import annotations

import functools
import inspect
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import AbstractContextManager
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


def each_call(enter: Callable[[], AbstractContextManager[Any]], function: F) -> F:
    """Wrap `function` so that each call runs inside a fresh `enter()`: several threads may call it simultaneously.

    Each step of a generator runs inside; the caller's code between two values does not.
    """

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        with enter():
            return function(*args, **kwargs)

    @functools.wraps(function)
    async def wait(*args: Any, **kwargs: Any) -> Any:
        with enter():
            return await function(*args, **kwargs)

    @functools.wraps(function)
    def generate(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        steps = function(*args, **kwargs)
        sent = None
        while True:
            with enter():
                try:
                    value = steps.send(sent)
                except StopIteration as end:
                    return end.value
            sent = yield value

    @functools.wraps(function)
    async def stream(*args: Any, **kwargs: Any) -> AsyncGenerator[Any, Any]:
        steps = function(*args, **kwargs)
        sent = None
        while True:
            with enter():
                try:
                    value = await steps.asend(sent)
                except StopAsyncIteration:
                    return
            sent = yield value

    for is_kind, wrapper in (
        (inspect.isgeneratorfunction, generate),
        (inspect.iscoroutinefunction, wait),
        (inspect.isasyncgenfunction, stream),
    ):
        if is_kind(function):
            return wrapper  # type: ignore[return-value]  # wraps keeps the type
    return call  # type: ignore[return-value]  # as above
