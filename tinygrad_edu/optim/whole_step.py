"""Steps are all or nothing: the changes of a rule that raises are undone, and Ctrl-C is delayed until the end of the step.

The rules of this package cannot raise once their temporaries are allocated (Layout has already rejected read-only memory); a
user's rule may.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from .._interrupts import uninterrupted
from .bucket import Array, Run, Slot
from .hooks import StepHooks

F = TypeVar("F", bound=Callable[..., Any])

Before = tuple[list[tuple[Array, Array]], list[tuple[Slot, int]]]


def remember(runs: Iterable[Run]) -> Before:
    """The arrays that a step is about to change, each with a copy, and each parameter's step count."""
    arrays: list[tuple[Array, Array]] = []
    counts: list[tuple[Slot, int]] = []
    for run in runs:
        for slot in run.slots:
            arrays += [(array, array.copy()) for array in (slot.param._data, *slot.buffers.values())]
            counts.append((slot, slot.t))
    return arrays, counts


def put_back(before: Before) -> None:
    """Restore the remembered state."""
    arrays, counts = before
    for array, copy in arrays:
        array[...] = copy
    for slot, t in counts:
        slot.t = t


def all_or_nothing(walk: Callable[[list[Any]], list[Run]], work: list[Any]) -> list[Run]:
    """Call walk(work) for a rule that may raise; if it does, undo all changes."""
    before = remember(run for run, *_ in work)
    try:
        return walk(work)
    except BaseException:
        put_back(before)
        raise


def held_step(step: F) -> F:
    """Wrap a `step` that overrides Optimizer.step, so that it runs the hooks, and signals are delayed until it returns."""

    @functools.wraps(step)
    def call(self: StepHooks, *args: Any, **kwargs: Any) -> Any:
        def held(*args: Any, **kwargs: Any) -> Any:
            with uninterrupted():
                return step(self, *args, **kwargs)

        return self._step_with_hooks(held, args, kwargs)

    return call  # type: ignore[return-value]  # wraps keeps the type
