"""Schedules defined by a user's function."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..optimizer import Optimizer
from .base import LRScheduler, one_each

Factor = Callable[[int], float]


class LambdaLR(LRScheduler):
    """lr = base_lr · lr_lambda(t)

    lr_lambda: a function of t = 0, 1, 2, …, or a list with one per group. LambdaLR overrides other schedulers' factors.

    >>> import tinygrad_edu as tg
    >>> opt = tg.optim.SGD([tg.zeros(1, requires_grad=True)], lr=1.0)
    >>> schedule = LambdaLR(opt, lambda t: 0.5**t)
    >>> opt.step(); schedule.step()
    >>> opt.param_groups[0]["lr"]
    0.5
    """

    values_for_each_group = True

    def __init__(self, optimizer: Optimizer, lr_lambda: Factor | Sequence[Factor], last_epoch: int = -1) -> None:
        self.lr_lambdas = _functions(self, lr_lambda, optimizer)
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        return [base * f(self.last_epoch) for base, f in zip(self.base_lrs, self.lr_lambdas, strict=True)]


class MultiplicativeLR(LRScheduler):
    """lr ← lr · lr_lambda(t) for t = 1, 2, …

    lr_lambda: a function of t, or a list with one per group.

    >>> import tinygrad_edu as tg
    >>> opt = tg.optim.SGD([tg.zeros(1, requires_grad=True)], lr=1.0)
    >>> schedule = tg.optim.lr_scheduler.MultiplicativeLR(opt, lambda t: 0.5)
    >>> [round(lr, 4) for [lr] in tg.optim.lr_scheduler.preview(schedule, steps=4)]
    [1.0, 0.5, 0.25, 0.125]
    """

    values_for_each_group = True
    keeps_loaded_rate = True

    def __init__(self, optimizer: Optimizer, lr_lambda: Factor | Sequence[Factor], last_epoch: int = -1) -> None:
        self.lr_lambdas = _functions(self, lr_lambda, optimizer)
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        groups, t = self.optimizer.param_groups, self.last_epoch
        return [group["lr"] * (f(t) if t else 1) for group, f in zip(groups, self.lr_lambdas, strict=True)]

    def _restart(self) -> None:
        # As in PyTorch: the rate that the previous scheduler left, times lr_lambda(0).
        self.last_epoch = 0
        groups = self.optimizer.param_groups
        self._set([group["lr"] * f(0) for group, f in zip(groups, self.lr_lambdas, strict=True)])


def _functions(scheduler: LRScheduler, lr_lambda: Factor | Sequence[Factor], optimizer: Optimizer) -> list[Factor]:
    functions: list[Factor] = one_each("lr_lambdas", lr_lambda, optimizer)
    for f in functions:
        if not callable(f):
            raise TypeError(f"{type(scheduler).__name__}: lr_lambda should be a function, but got {type(f).__name__}")
    return functions
