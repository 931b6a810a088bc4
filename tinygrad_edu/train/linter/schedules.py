"""Rules about schedules: the optimizer must step first."""

from __future__ import annotations

from typing import ClassVar

from ...optim.lr_scheduler import LRScheduler
from .family import Family, Messages


class ScheduleRules(Family):
    """A schedule that is stepped before the optimizer."""

    messages: ClassVar[Messages] = {
        "scheduler-order": (
            "scheduler.step() came before the first optimizer.step(), so the first rate of the schedule is skipped",
            "call optimizer.step() first",
        )
    }

    def before_schedule(self, scheduler: LRScheduler) -> None:
        # a schedule that follows a metric has no initial rate to skip, and no step count
        if getattr(scheduler, "_step_count", 0) == 1 and scheduler.optimizer.steps == scheduler._steps_before:
            self.found("scheduler-order")
