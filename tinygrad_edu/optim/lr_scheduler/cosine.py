"""Schedules along a cosine: down once, or again after each restart."""

from __future__ import annotations

import math

from ..optimizer import Optimizer
from .base import LRScheduler


class CosineAnnealingLR(LRScheduler):
    """Half a cosine from base_lr at t = 0 down to eta_min at t = T_max (and back up after that).

    lr = eta_min + (base_lr − eta_min) · (1 + cos(π t/T_max)) / 2
    In a chain:  lr ← eta_min + (lr − eta_min) · (1 + cos(π t/T_max)) / (1 + cos(π (t−1)/T_max))
    Source: Loshchilov & Hutter, SGDR, 2017, arXiv:1608.03983 (without the restarts).

    >>> import tinygrad_edu as tg
    >>> opt = tg.optim.SGD([tg.zeros(1, requires_grad=True)], lr=1.0)
    >>> schedule = tg.optim.lr_scheduler.CosineAnnealingLR(opt, T_max=4, eta_min=0.5)
    >>> [round(lr, 4) for [lr] in tg.optim.lr_scheduler.preview(schedule, steps=5)]
    [1.0, 0.9268, 0.75, 0.5732, 0.5]
    """

    keeps_loaded_rate = True

    def __init__(self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0, last_epoch: int = -1) -> None:
        if T_max <= 0:
            raise ValueError(f"CosineAnnealingLR: T_max must be positive, got {T_max}")
        self.T_max = T_max
        self.eta_min = eta_min
        super().__init__(optimizer, last_epoch)

    def rate(self, lr: float, base_lr: float, t: int) -> float:
        if t == 0:
            return lr
        if (t - 1 - self.T_max) % (2 * self.T_max) == 0:  # below, (lr − eta_min) / wave(t − 1) would be 0 / 0
            return lr + (base_lr - self.eta_min) * (1 - math.cos(math.pi / self.T_max)) / 2
        return self.eta_min + (lr - self.eta_min) * self._wave(t) / self._wave(t - 1)

    def _wave(self, t: int) -> float:
        return 1 + math.cos(math.pi * t / self.T_max)


class CosineAnnealingWarmRestarts(LRScheduler):
    """Half a cosine from base_lr to eta_min, repeated, with each cycle T_mult times as long as the previous one.

    lr = eta_min + (base_lr − eta_min) · (1 + cos(π T_cur/T_i)) / 2,   T_cur in [0, T_i),   T_i = T_0, T_0·T_mult, …

    step(epoch) moves to that epoch, which may be fractional: `schedule.step(epoch + batch / batches)`.
    Source: Loshchilov & Hutter, SGDR, 2017, arXiv:1608.03983.

    >>> import tinygrad_edu as tg
    >>> opt = tg.optim.SGD([tg.zeros(1, requires_grad=True)], lr=1.0)
    >>> schedule = tg.optim.lr_scheduler.CosineAnnealingWarmRestarts(opt, T_0=2)
    >>> [round(lr, 4) for [lr] in tg.optim.lr_scheduler.preview(schedule, steps=5)]
    [1.0, 0.5, 1.0, 0.5, 1.0]
    """

    def __init__(self, optimizer: Optimizer, T_0: int, T_mult: int = 1, eta_min: float = 0.0, last_epoch: int = -1) -> None:
        if T_0 <= 0 or not isinstance(T_0, int):
            raise ValueError(f"Expected positive integer T_0, but got {T_0}")
        if T_mult < 1 or not isinstance(T_mult, int):
            raise ValueError(f"Expected integer T_mult >= 1, but got {T_mult}")
        self.T_0 = T_0
        self.T_mult = T_mult
        self.eta_min = eta_min
        self.T_i = T_0  # the length of the current cycle
        self.T_cur: float = last_epoch  # the position within it
        super().__init__(optimizer, last_epoch)

    def step(self, epoch: float | None = None) -> None:
        """Advance by one, or move to `epoch` >= 0."""
        if epoch is None:
            super().step()
            return
        if epoch < 0:
            raise ValueError(f"Expected non-negative epoch, but got {epoch}")
        self._step_count += 1
        self.last_epoch = math.floor(epoch)
        self._locate(epoch)
        self._set(self._rates())

    def get_lr(self) -> list[float]:
        if self.last_epoch == 0:
            self._locate(0)
        else:
            self.T_cur += 1
            if self.T_cur >= self.T_i:
                self.T_cur -= self.T_i
                self.T_i *= self.T_mult
        return self._rates()

    def _locate(self, epoch: float) -> None:
        self.T_cur, self.T_i = epoch, self.T_0
        while self.T_cur >= self.T_i:
            self.T_cur -= self.T_i
            self.T_i *= self.T_mult

    def _rates(self) -> list[float]:
        height = (1 + math.cos(math.pi * self.T_cur / self.T_i)) / 2
        return [self.eta_min + (base - self.eta_min) * height for base in self.base_lrs]
