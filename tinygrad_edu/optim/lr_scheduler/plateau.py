"""The schedule that depends on a metric instead of the step count."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import SupportsFloat

from ...autograd.user_line import warn_user
from ..optimizer import Optimizer
from .base import LRScheduler, one_each, require_number, require_optimizer


class ReduceLROnPlateau(LRScheduler):
    """lr ← max(lr · factor, min_lr) when a metric has not improved for more than `patience` steps.

    step(metric): better means below best·(1 − threshold) (mode "min", threshold_mode "rel"), below best − threshold ("abs"),
    or, in mode "max", above best·(1 + threshold) or best + threshold. After a reduction, `cooldown` steps do not count as bad.
    A reduction of eps or less is skipped. nan never counts as better.

    >>> import tinygrad_edu as tg
    >>> opt = tg.optim.SGD([tg.zeros(1, requires_grad=True)], lr=1.0)
    >>> schedule = ReduceLROnPlateau(opt, patience=1)
    >>> for loss in [0.5, 0.5, 0.5]:
    ...     opt.step()
    ...     schedule.step(loss)
    >>> schedule.get_last_lr()
    [0.1]
    """

    missing_in_pytorch = ("default_min_lr",)

    def __init__(
        self,
        optimizer: Optimizer,
        mode: str = "min",
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        threshold_mode: str = "rel",
        cooldown: int = 0,
        min_lr: float | Sequence[float] = 0.0,
        eps: float = 1e-8,
    ) -> None:
        require_optimizer(optimizer)
        require_number(self, optimizer)
        if factor >= 1:
            raise ValueError(f"Factor should be < 1.0, got {factor}")
        if mode not in ("min", "max"):
            raise ValueError(f"mode {mode} is unknown! It must be 'min' or 'max'")
        if threshold_mode not in ("rel", "abs"):
            raise ValueError(f"threshold mode {threshold_mode} is unknown! It must be 'rel' or 'abs'")
        self.optimizer = optimizer
        self.mode = mode
        self.factor = factor
        self.patience = patience
        self.threshold = threshold
        self.threshold_mode = threshold_mode
        self.cooldown = cooldown
        self.min_lrs: list[float] = one_each("min_lrs", min_lr, optimizer)
        self.default_min_lr = None if isinstance(min_lr, Sequence) else min_lr
        self.eps = eps
        self.best = math.inf if mode == "min" else -math.inf
        self.num_bad_epochs = 0
        self.cooldown_counter = 0
        self.last_epoch = 0
        self._last_lr = [float(group["lr"]) for group in optimizer.param_groups]

    def step(self, metrics: SupportsFloat, epoch: int | None = None) -> None:  # type: ignore[override]  # it needs a metric
        """Record the metric of one step, and reduce the rates if due; `epoch` sets the step number and warns."""
        if epoch is not None:
            warn_user("The epoch parameter in `scheduler.step()` was not necessary: call step()")
        self.last_epoch = self.last_epoch + 1 if epoch is None else epoch
        if self._is_better(float(metrics)):
            self.best = float(metrics)
            self.num_bad_epochs = 0
        else:
            self.num_bad_epochs += 1
        if self.cooldown_counter > 0:
            self.cooldown_counter -= 1
            self.num_bad_epochs = 0
        if self.num_bad_epochs > self.patience:
            for group, least in zip(self.optimizer.param_groups, self._least_rates(), strict=True):
                lr = max(float(group["lr"]) * self.factor, least)
                if float(group["lr"]) - lr > self.eps:
                    group["lr"] = lr
            self.cooldown_counter = self.cooldown
            self.num_bad_epochs = 0
        self._last_lr = [float(group["lr"]) for group in self.optimizer.param_groups]

    def _least_rates(self) -> list[float]:
        """One minimum rate per group, including groups added by add_param_group."""
        groups = len(self.optimizer.param_groups)
        if len(self.min_lrs) != groups:
            if self.default_min_lr is None:
                raise RuntimeError(
                    f"ReduceLROnPlateau: the optimizer has {groups} param groups, but min_lr was given for "
                    f"{len(self.min_lrs)}: after add_param_group, append to scheduler.min_lrs"
                )
            self.min_lrs = [self.default_min_lr] * groups
        return self.min_lrs

    def _is_better(self, metric: float) -> bool:
        sign = -1 if self.mode == "min" else 1
        relative = self.threshold_mode == "rel"
        bar = self.best * (1 + sign * self.threshold) if relative else self.best + sign * self.threshold
        return metric < bar if self.mode == "min" else metric > bar
