"""Steps of a schedule are all or nothing: if one raises, its changes are undone; Ctrl-C is delayed until the step ends."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from ..._interrupts import uninterrupted

if TYPE_CHECKING:
    from .base import LRScheduler

F = TypeVar("F", bound=Callable[..., Any])


def all_or_nothing(step: F) -> F:
    """Wrap a schedule's `step` so that, if it raises, its changes to the schedule and the parameter groups are undone."""

    @functools.wraps(step)
    def call(self: LRScheduler, *args: Any, **kwargs: Any) -> Any:
        with uninterrupted():
            before = [(changed, _copied(changed)) for changed in _changed_by(self)]
            try:
                return step(self, *args, **kwargs)
            except BaseException:
                for changed, copy in before:
                    changed.clear()
                    changed.update(copy)
                raise

    return call  # type: ignore[return-value]  # wraps keeps the type


def _changed_by(schedule: LRScheduler) -> list[dict[str, Any]]:
    """The parameter groups, and the attributes of the schedule and of those that it combines."""
    found = [*schedule.optimizer.param_groups, vars(schedule)]
    for member in getattr(schedule, "_schedulers", ()):
        found += _changed_by(member)
    return found


def _copied(values: dict[str, Any]) -> dict[str, Any]:
    return {key: list(value) if type(value) is list else value for key, value in values.items()}
