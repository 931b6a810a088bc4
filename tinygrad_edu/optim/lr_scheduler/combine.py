"""Several schedulers on one optimizer: one after the other, or together."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from ..optimizer import Optimizer
from .base import LRScheduler
from .plateau import ReduceLROnPlateau


class _Combination(LRScheduler):
    _schedulers: list[LRScheduler]

    @property
    def counts_steps(self) -> bool:  # type: ignore[override]  # depends on its parts
        """Whether any of its schedulers counts updates."""
        return any(scheduler.counts_steps for scheduler in self._schedulers)


class SequentialLR(_Combination):
    """schedulers[0] until milestones[0], then schedulers[1] from its own t = 0 until milestones[1], and so on.

    >>> import tinygrad_edu as tg
    >>> from tinygrad_edu.optim import lr_scheduler
    >>> opt = tg.optim.SGD([tg.zeros(1, requires_grad=True)], lr=1.0)
    >>> warm_up = lr_scheduler.LinearLR(opt, start_factor=0.25, total_iters=3)
    >>> cool_down = lr_scheduler.ExponentialLR(opt, gamma=0.5)
    >>> schedule = SequentialLR(opt, [warm_up, cool_down], milestones=[3])
    >>> rates = []
    >>> for step in range(6):
    ...     rates += schedule.get_last_lr()
    ...     opt.step()
    ...     schedule.step()
    >>> rates
    [0.25, 0.5, 0.75, 1.0, 0.5, 0.25]
    """

    def __init__(
        self, optimizer: Optimizer, schedulers: Sequence[LRScheduler], milestones: Sequence[int], last_epoch: int = -1
    ) -> None:
        _check(self, schedulers, optimizer)
        if len(milestones) != len(schedulers) - 1:
            raise ValueError(
                "Sequential Schedulers expects number of schedulers provided to be one more than the number of milestone "
                f"points, but got {len(schedulers)} and {len(milestones)}"
            )
        self.optimizer = optimizer
        self._schedulers = list(schedulers)
        self._milestones = list(milestones)
        self.last_epoch = last_epoch
        self._rewind_all()
        self._begin()

    def _rewind_all(self) -> None:
        for group in self.optimizer.param_groups:
            group["lr"] = group["initial_lr"]
        for scheduler in self._schedulers:
            scheduler._rewind()

    def _begin(self, keep: bool = False) -> None:
        self.last_epoch += 1
        first = self._schedulers[bisect_right(self._milestones, 0)]
        first._begin()
        self._last_lr = first.get_last_lr()

    def _rewind(self) -> None:
        self.last_epoch = -1
        self._rewind_all()

    def _restart(self) -> None:
        self._rewind()
        self._begin()

    def step(self) -> None:  # type: ignore[override]  # no epoch to go to, as in PyTorch
        """Move to the next rate."""
        self.last_epoch += 1
        i = bisect_right(self._milestones, self.last_epoch)
        scheduler = self._schedulers[i]
        if i and self._milestones[i - 1] == self.last_epoch:
            scheduler._restart()
        else:
            scheduler.step()
        self._last_lr = scheduler.get_last_lr()


class ChainedScheduler(_Combination):
    """Several schedulers together: each step() steps all of them, so that their factors multiply."""

    def __init__(self, schedulers: Sequence[LRScheduler], optimizer: Optimizer | None = None) -> None:
        _check(self, schedulers, optimizer)
        self.optimizer = schedulers[0].optimizer
        self._schedulers = list(schedulers)
        self._last_lr = [float(group["lr"]) for group in self.optimizer.param_groups]

    def step(self) -> None:  # type: ignore[override]  # no epoch to go to, as in PyTorch
        """Move to the next rate."""
        for scheduler in self._schedulers:
            scheduler.step()
        self._last_lr = self._schedulers[-1].get_last_lr()

    def _begin(self, keep: bool = False) -> None:
        for scheduler in self._schedulers:
            scheduler._begin(keep)
        self._last_lr = self._schedulers[-1].get_last_lr()

    def _rewind(self) -> None:
        for scheduler in self._schedulers:
            scheduler._rewind()

    def _restart(self) -> None:
        for group in self.optimizer.param_groups:
            group["lr"] = group["initial_lr"]
        self._rewind()
        self._begin()


def _check(combination: LRScheduler, schedulers: Sequence[LRScheduler], optimizer: Optimizer | None) -> None:
    """Raise unless all are schedulers of one optimizer, there is at least one, and none requires a metric."""
    who = type(combination).__name__
    if not schedulers:
        raise ValueError(f"{who} expects at least one scheduler, but got no scheduler.")
    for i, scheduler in enumerate(schedulers):
        if not hasattr(scheduler, "optimizer"):
            raise TypeError(f"{who} at index {i} should have `optimizer` as its attribute.")
        if isinstance(scheduler, ReduceLROnPlateau):
            raise ValueError(
                f"{who} does not support `ReduceLROnPlateau`, whose step() needs a metric, but got one at index {i}"
            )
        if scheduler.optimizer is not (optimizer or schedulers[0].optimizer):
            raise ValueError(
                f"{who} expects all schedulers to belong to the same optimizer, but the one at index {i} belongs to another"
            )
