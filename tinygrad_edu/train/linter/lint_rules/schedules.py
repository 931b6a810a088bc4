"""Rules about schedules, loaders and optimizers: how often each is used, and whether they belong together."""

from __future__ import annotations

import weakref
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ...._tensor import Tensor
from ....autograd.user_line import find_user_line
from ....data import DataLoader, SequentialSampler
from ....optim import Optimizer
from ....optim.lr_scheduler import CosineAnnealingLR, LRScheduler, ReduceLROnPlateau
from ..family import Family, Messages, largest_rate
from ..leaves import Leaf

VANISHED = 1e-4  # a learning rate below this fraction of the largest one trains nothing
STEPS = 10  # this many steps at such a rate are a mistake; with fewer, the schedule may just have ended
UNUSED = 20  # this many steps of an optimizer without a step of its schedule are a mistake
EPOCHS = 5  # this many successive passes over a loader that use one batch each are a mistake
RENEWED = 5  # this many successive optimizers that take one step each on the same parameters are a mistake


@dataclass
class Use:
    """What was seen of one optimizer."""

    steps: int = 0
    calls: int = 0  # number of calls of its schedules' step()
    largest: float = 0.0  # its largest rate so far
    late: int = 0  # number of steps at a vanished rate
    follows_loss: bool = False  # it has a ReduceLROnPlateau, which may lower the rate until nothing changes


class ScheduleRules(Family):
    """A schedule that is stepped before the optimizer, too often or not at all, or that changes another optimizer's rate."""

    messages: ClassVar[Messages] = {
        "scheduler-order": (
            "scheduler.step() came before the first optimizer.step(), so the first rate of the schedule is skipped",
            "call optimizer.step() first",
        ),
        "schedule-too-fast": (
            "the schedule has brought the learning rate from {first:.3g} to {last:.1g}, and training goes on at that rate; "
            "scheduler.step() was called {n} times, {each} per optimizer.step()",
            "if the schedule counts epochs, call scheduler.step() once after each epoch, not after each batch",
        ),
        "schedule-past-its-end": (
            "CosineAnnealingLR was made for T_max={end} steps and was stepped {n} times, so the learning rate rose again",
            "set T_max to the number of scheduler.step() calls: the number of epochs, or of all batches",
        ),
        "plateau-mode": (
            'ReduceLROnPlateau with mode="max" was given the loss, which should fall',
            'use mode="min" for a loss',
        ),
        "schedule-unused": (
            "the step() of {schedule} was never called in {n} steps of the optimizer, so the learning rate has not changed",
            "call scheduler.step() after each epoch",
        ),
        "schedule-of-another": (
            "scheduler.step() changes the learning rate of an optimizer that takes no steps, while another one trains",
            "create the scheduler after the optimizer, with the optimizer that is stepped",
        ),
        "renewed-optimizer": (
            "each step is taken by a new {optimizer}, which has forgotten the averages of the previous steps",
            "create the optimizer once, before the loop",
        ),
        "first-batch-only": (
            "{n} passes over the loader used only its first batch, so only one of its {batches} batches is trained on",
            "write `for X, y in loader:`, or use shuffle=True with next(iter(loader))",
        ),
    }

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._uses: weakref.WeakKeyDictionary[Optimizer, Use] = weakref.WeakKeyDictionary()
        # schedules that were not stepped: the schedule, its name, the use of its optimizer, the line that created it
        self._unused: list[tuple[weakref.ref[LRScheduler], str, Use, tuple[str, int]]] = []
        self._after: dict[int, int] = {}  # id of a parameter -> number of successive optimizers that took one step on it
        self._loader: weakref.ref[DataLoader] | None = None
        self._loss = float("nan")  # the last loss
        # successive iterations over the loader with one backward pass each; backward passes in the current iteration
        self._short, self._batches = 0, 0

    def created(self, thing: Optimizer | LRScheduler) -> None:
        if isinstance(thing, LRScheduler):
            self._used(thing)  # it is noted once, though several __init__ call this
            self._unused.append((weakref.ref(thing), type(thing).__name__, self._use(thing.optimizer), find_user_line()))

    def before_schedule(self, scheduler: LRScheduler, args: tuple[Any, ...]) -> None:
        self._used(scheduler)
        optimizer = scheduler.optimizer
        use = self._use(optimizer)
        use.calls += 1
        if optimizer.steps == 0 and self._are_stepped(optimizer):
            self.found("schedule-of-another")
        # a schedule that follows a metric has no initial rate to skip, and no step count
        elif getattr(scheduler, "_step_count", 0) == 1 and optimizer.steps == scheduler._steps_before:
            self.found("scheduler-order")
        if isinstance(scheduler, CosineAnnealingLR) and scheduler.last_epoch > 2 * scheduler.T_max:
            self.found("schedule-past-its-end", end=scheduler.T_max, n=scheduler.last_epoch + 1)
        if isinstance(scheduler, ReduceLROnPlateau):
            if scheduler.mode == "max" and args and np.isclose(float(args[0]), self._loss, rtol=1e-6, atol=0):
                self.found("plateau-mode")
            use.follows_loss = True

    def _are_stepped(self, optimizer: Optimizer) -> bool:
        """Whether another optimizer steps the parameters of this one, which has taken no step."""
        params = {id(p) for group in optimizer.param_groups for p in group["params"]}
        return any(leaf.owned and id(leaf.ref()) in params for leaf in self.leaves)

    def before_step(self, optimizer: Optimizer, params: list[Any], closure: bool) -> None:
        use, rate = self._use(optimizer), largest_rate(optimizer)
        use.steps += 1
        use.largest = max(rate, use.largest)
        if use.calls and not use.follows_loss and rate < VANISHED * use.largest:
            use.late += 1
            long = use.late >= max(STEPS, use.steps // 10)  # a schedule that ends near 0 stays there briefly
            if long and use.calls >= 0.9 * use.steps:
                each = f"{use.calls / use.steps:.2g}"
                self.found("schedule-too-fast", first=use.largest, last=rate, n=use.calls, each=each)
        self._look_at_age(optimizer, params)

    def _look_at_age(self, optimizer: Optimizer, params: list[Any]) -> None:
        """Count successive optimizers that take one step each, so that their averages are lost."""
        group = optimizer.param_groups[0]
        remembers = "betas" in group or "alpha" in group or bool(group.get("momentum", 0))
        first = id(params[0]) if params else 0
        self._after[first] = self._after.get(first, 0) + 1 if optimizer.steps == 0 and remembers else 0
        if self._after[first] == RENEWED:
            self.found("renewed-optimizer", optimizer=type(optimizer).__name__)

    # --- loaders ---

    def iterated(self, loader: DataLoader) -> None:
        known = self._loader is not None and self._loader() is loader
        in_order = isinstance(loader.sampler, SequentialSampler) and loader.batch_sampler is None
        self._short = self._short + 1 if known and self._batches == 1 and in_order else 0
        self._loader, self._batches = weakref.ref(loader), 0
        if self._short >= EPOCHS:
            batches = _length(loader)
            if batches > 1:
                self.found("first-batch-only", n=self._short, batches=batches)

    def after_backward(self, root: Tensor, leaves: list[Leaf]) -> None:
        self._batches += 1
        self._loss = float(root._data.reshape(-1)[0])

    def ended(self) -> None:
        for _, name, use, line in self._unused:
            if use.steps >= UNUSED and not use.calls:
                self.found("schedule-unused", line, schedule=name, n=use.steps)

    def _use(self, optimizer: Optimizer) -> Use:
        return self._uses.setdefault(optimizer, Use())

    def _used(self, scheduler: LRScheduler) -> None:
        self._unused = [unused for unused in self._unused if unused[0]() is not scheduler]


def _length(loader: DataLoader) -> int:
    try:
        return len(loader)
    except TypeError:  # an iterable data set
        return 0
