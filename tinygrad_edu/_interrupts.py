"""Delaying Ctrl-C, SIGTERM and SIGALRM until an indivisible action is complete: a step, loading weights, writing a file.

Python runs a signal's handler between any two instructions, in the main thread. A KeyboardInterrupt between `m += …` and
`w -= …` would leave a step half finished.
"""

from __future__ import annotations

import contextlib
import signal
import time
from _signal import getsignal  # type: ignore[import-not-found]  # CPython's and PyPy's, without a type stub
from _signal import signal as set_handler  # signal.signal tries to convert both handlers to enums: 10 times slower
from collections.abc import Iterator
from contextvars import ContextVar
from threading import current_thread, main_thread
from types import FrameType
from typing import Any

INTERRUPT = signal.SIGINT.value  # Ctrl-C
TERMINATE = signal.SIGTERM.value  # a request to stop, from a scheduler or the operating system
ALARM = signal.SIGALRM.value if hasattr(signal, "SIGALRM") else TERMINATE  # a time limit; Windows has none

PATIENCE = 3.0
"""Seconds after which a repeated signal is no longer delayed, because the block seems to hang."""

must_pass_on: ContextVar[bool] = ContextVar("must_pass_on", default=False)
"""Whether code that would return a partial result after Ctrl-C, as fit does, must raise KeyboardInterrupt instead."""


@contextlib.contextmanager
def passed_on() -> Iterator[None]:
    """A block in which Ctrl-C always raises KeyboardInterrupt, so that a partial result is not mistaken for a complete one."""
    token = must_pass_on.set(True)
    try:
        yield
    finally:
        must_pass_on.reset(token)


class uninterrupted:  # noqa: N801 - a context manager
    """A block that SIGINT, SIGTERM and SIGALRM do not interrupt: their handlers run at its end or when it calls `deliver()`,
    or when the same signal arrives again after PATIENCE seconds.

    Only handlers that Python calls are delayed (not SIG_DFL and SIG_IGN). Python calls them in the main thread, so other
    threads have nothing to delay. Blocks may be nested.

    >>> before = signal.signal(signal.SIGTERM, lambda *_: print("asked to stop"))
    >>> with uninterrupted():
    ...     signal.raise_signal(signal.SIGTERM)
    ...     print("whole")
    whole
    asked to stop
    >>> _ = signal.signal(signal.SIGTERM, before)
    """

    __slots__ = ("_alarm", "_came", "_interrupt", "_since", "_terminate")

    def __enter__(self) -> uninterrupted:
        self._came: dict[int, FrameType | None] | None = None
        self._interrupt = self._terminate = self._alarm = None
        try:
            if callable(handler := getsignal(INTERRUPT)):
                self._interrupt = handler
                set_handler(INTERRUPT, self._hold)
            if callable(handler := getsignal(TERMINATE)):
                self._terminate = handler
                set_handler(TERMINATE, self._hold)
            if callable(handler := getsignal(ALARM)):
                self._alarm = handler
                set_handler(ALARM, self._hold)
        except BaseException:
            if current_thread() is not main_thread():  # set_handler raises ValueError in other threads
                self._interrupt = self._terminate = self._alarm = None
                return self
            self.__exit__()  # one of the handlers raised an error before it was replaced
            raise
        return self

    def __exit__(self, *exception: object) -> None:
        # A restored handler may raise immediately; the others must be restored anyway.
        try:
            if self._alarm is not None:
                set_handler(ALARM, self._alarm)
        finally:
            try:
                if self._terminate is not None:
                    set_handler(TERMINATE, self._terminate)
            finally:
                try:
                    if self._interrupt is not None:
                        set_handler(INTERRUPT, self._interrupt)
                finally:
                    if self._came is not None:
                        self.deliver()

    def deliver(self) -> None:
        """Run the handlers of the signals received so far."""
        handlers: dict[int, Any] = {ALARM: self._alarm, TERMINATE: self._terminate, INTERRUPT: self._interrupt}
        while self._came:
            number, frame = self._came.popitem()
            handlers[number](number, frame)

    def _hold(self, number: int, frame: FrameType | None) -> None:
        if self._came is None:
            self._came = {}
        if number not in self._came:
            self._came[number], self._since = frame, time.monotonic()
        elif time.monotonic() - self._since > PATIENCE:
            self.deliver()
