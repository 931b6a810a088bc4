"""Schedules given by a formula of t; all but InverseTimeDecay multiply the rate and can be chained."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from ..optimizer import Optimizer
from ..option_values import check_schedule
from .base import LRScheduler


class StepLR(LRScheduler):
    """lr ← lr · gamma every step_size steps:  lr = base_lr · gamma^⌊t/step_size⌋

    >>> import tinygrad_edu as tg
    >>> opt = tg.optim.SGD([tg.zeros(1, requires_grad=True)], lr=1.0)
    >>> schedule = tg.optim.lr_scheduler.StepLR(opt, step_size=2, gamma=0.5)
    >>> [round(lr, 4) for [lr] in tg.optim.lr_scheduler.preview(schedule, steps=5)]
    [1.0, 1.0, 0.5, 0.5, 0.25]
    """

    def __init__(self, optimizer: Optimizer, step_size: int, gamma: float = 0.1, last_epoch: int = -1) -> None:
        check_schedule(self, step_size=step_size, gamma=gamma)
        if step_size < 1:
            raise ValueError(f"StepLR: step_size must be at least 1, got {step_size}")
        self.step_size = step_size
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def rate(self, lr: float, base_lr: float, t: int) -> float:
        return lr * self.gamma if t and t % self.step_size == 0 else lr


class MultiStepLR(LRScheduler):
    """lr ← lr · gamma when t reaches a milestone (twice if a milestone is given twice).

    >>> import tinygrad_edu as tg
    >>> opt = tg.optim.SGD([tg.zeros(1, requires_grad=True)], lr=1.0)
    >>> schedule = tg.optim.lr_scheduler.MultiStepLR(opt, milestones=[1, 3], gamma=0.5)
    >>> [round(lr, 4) for [lr] in tg.optim.lr_scheduler.preview(schedule, steps=5)]
    [1.0, 0.5, 0.5, 0.25, 0.25]
    """

    def __init__(self, optimizer: Optimizer, milestones: Iterable[int], gamma: float = 0.1, last_epoch: int = -1) -> None:
        check_schedule(self, gamma=gamma)
        self.milestones = Counter(milestones)
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def rate(self, lr: float, base_lr: float, t: int) -> float:
        return lr * float(self.gamma ** self.milestones[t])

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        super().load_state_dict(state_dict)
        loaded: dict[Any, int] = self.milestones  # JSON turns the keys into strings
        self.milestones = Counter({int(t) if isinstance(t, str) else t: n for t, n in loaded.items()})


class ConstantLR(LRScheduler):
    """lr = factor · base_lr for t < total_iters, then base_lr. 0 < factor <= 1.

    >>> import tinygrad_edu as tg
    >>> opt = tg.optim.SGD([tg.zeros(1, requires_grad=True)], lr=1.0)
    >>> schedule = tg.optim.lr_scheduler.ConstantLR(opt, factor=0.5, total_iters=2)
    >>> [round(lr, 4) for [lr] in tg.optim.lr_scheduler.preview(schedule, steps=4)]
    [0.5, 0.5, 1.0, 1.0]
    """

    def __init__(self, optimizer: Optimizer, factor: float = 1 / 3, total_iters: int = 5, last_epoch: int = -1) -> None:
        check_schedule(self, total_iters=total_iters)
        if not 0 < factor <= 1:
            raise ValueError(f"Constant multiplicative factor expected to be between 0 and 1, got {factor}")
        self.factor = factor
        self.total_iters = total_iters
        super().__init__(optimizer, last_epoch)

    def rate(self, lr: float, base_lr: float, t: int) -> float:
        if t == 0:
            return lr * self.factor
        return lr / self.factor if t == self.total_iters else lr


class LinearLR(LRScheduler):
    """A straight line from start_factor · base_lr at t = 0 to end_factor · base_lr at t = total_iters, for warm-up.

    0 < start_factor <= 1, 0 <= end_factor <= 1. In a chain: lr ← lr · f(t)/f(t−1) where f is that line.

    >>> import tinygrad_edu as tg
    >>> opt = tg.optim.SGD([tg.zeros(1, requires_grad=True)], lr=1.0)
    >>> schedule = tg.optim.lr_scheduler.LinearLR(opt, start_factor=0.25, total_iters=3)
    >>> [round(lr, 4) for [lr] in tg.optim.lr_scheduler.preview(schedule, steps=5)]
    [0.25, 0.5, 0.75, 1.0, 1.0]
    """

    keeps_loaded_rate = True

    def __init__(
        self,
        optimizer: Optimizer,
        start_factor: float = 1 / 3,
        end_factor: float = 1.0,
        total_iters: int = 5,
        last_epoch: int = -1,
    ) -> None:
        check_schedule(self, total_iters=total_iters)
        if not 0 < start_factor <= 1:
            raise ValueError(
                f"Starting multiplicative factor expected to be greater than 0 and less or equal to 1, got {start_factor}"
            )
        if not 0 <= end_factor <= 1:
            raise ValueError(f"Ending multiplicative factor expected to be between 0 and 1, got {end_factor}")
        self.start_factor = start_factor
        self.end_factor = end_factor
        self.total_iters = total_iters
        super().__init__(optimizer, last_epoch)

    def rate(self, lr: float, base_lr: float, t: int) -> float:
        if t == 0:
            return lr * self.start_factor
        return lr * self._line(t) / self._line(t - 1) if t <= self.total_iters else lr

    def _line(self, t: int) -> float:
        return self.start_factor + (self.end_factor - self.start_factor) * t / self.total_iters


class ExponentialLR(LRScheduler):
    """lr = base_lr · gammaᵗ

    >>> import tinygrad_edu as tg
    >>> opt = tg.optim.SGD([tg.zeros(1, requires_grad=True)], lr=1.0)
    >>> schedule = tg.optim.lr_scheduler.ExponentialLR(opt, gamma=0.5)
    >>> [round(lr, 4) for [lr] in tg.optim.lr_scheduler.preview(schedule, steps=4)]
    [1.0, 0.5, 0.25, 0.125]
    """

    keeps_loaded_rate = True

    def __init__(self, optimizer: Optimizer, gamma: float, last_epoch: int = -1) -> None:
        check_schedule(self, gamma=gamma)
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def rate(self, lr: float, base_lr: float, t: int) -> float:
        return lr * self.gamma if t else lr


class PolynomialLR(LRScheduler):
    """lr = base_lr · (1 − t/total_iters)^power, and 0 from t = total_iters on.

    >>> import tinygrad_edu as tg
    >>> opt = tg.optim.SGD([tg.zeros(1, requires_grad=True)], lr=1.0)
    >>> schedule = tg.optim.lr_scheduler.PolynomialLR(opt, total_iters=4)
    >>> [round(lr, 4) for [lr] in tg.optim.lr_scheduler.preview(schedule, steps=6)]
    [1.0, 0.75, 0.5, 0.25, 0.0, 0.0]
    """

    keeps_loaded_rate = True

    def __init__(self, optimizer: Optimizer, total_iters: int = 5, power: float = 1.0, last_epoch: int = -1) -> None:
        check_schedule(self, total_iters=total_iters, power=power)
        self.total_iters = total_iters
        self.power = power
        super().__init__(optimizer, last_epoch)

    def rate(self, lr: float, base_lr: float, t: int) -> float:
        if t == 0 or t > self.total_iters:
            return lr
        left = self.total_iters - t
        factor: float = (left / (left + 1)) ** self.power
        return lr * factor


class InverseTimeDecay(LRScheduler):
    """lr = base_lr / (1 + decay_rate · t/decay_steps), as in Keras's `decay` and InverseTimeDecay.

    staircase: use ⌊t/decay_steps⌋ instead of t/decay_steps. If stepped after every optimizer step, with decay_steps=1, it is
    the same as the optimizers' option decay=decay_rate. It overrides other schedulers' factors.

    >>> import tinygrad_edu as tg
    >>> opt = tg.optim.SGD([tg.zeros(1, requires_grad=True)], lr=1.0)
    >>> schedule = tg.optim.lr_scheduler.InverseTimeDecay(opt, decay_rate=1.0)
    >>> [round(lr, 4) for [lr] in tg.optim.lr_scheduler.preview(schedule, steps=4)]
    [1.0, 0.5, 0.3333, 0.25]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        decay_rate: float,
        decay_steps: int = 1,
        staircase: bool = False,
        last_epoch: int = -1,
    ) -> None:
        check_schedule(self, decay_rate=decay_rate, decay_steps=decay_steps)
        self.decay_rate = decay_rate
        self.decay_steps = decay_steps
        self.staircase = staircase
        super().__init__(optimizer, last_epoch)

    def rate(self, lr: float, base_lr: float, t: int) -> float:
        time = t // self.decay_steps if self.staircase else t / self.decay_steps
        return base_lr / (1 + self.decay_rate * time)
