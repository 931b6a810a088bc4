"""Schedules that go up and down; they set the rate directly, and can move the momentum the other way."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from ..optimizer import Optimizer
from ..option_values import check_schedule
from .base import LRScheduler, one_each, require_optimizer


class _CyclesMomentum(LRScheduler):
    """A schedule that also sets momentum, or β₁, which falls from max_momentum to base_momentum while the rate rises."""

    counts_steps = True
    values_for_each_group = True
    cycle_momentum: bool

    def _prepare_momentum(self, optimizer: Optimizer, base: Any, highest: Any, last_epoch: int) -> None:
        if not self.cycle_momentum:
            return
        if "momentum" not in optimizer.defaults and "betas" not in optimizer.defaults:
            raise ValueError("optimizer must support momentum or beta1 with `cycle_momentum` option enabled")
        self.base_momentums: list[float] = one_each("base_momentum", base, optimizer)
        self.max_momentums: list[float] = one_each("max_momentum", highest, optimizer)
        if last_epoch == -1:
            for group, least, most in zip(optimizer.param_groups, self.base_momentums, self.max_momentums, strict=True):
                group.update(base_momentum=least, max_momentum=most)
                _set_momentum(group, most)


class CyclicLR(_CyclesMomentum):
    """A zigzag between base_lr and max_lr; call step() after every batch.

    lr = base_lr + (max_lr − base_lr) · height · scale        height: from 0 to 1 in step_size_up steps, back in step_size_down
    momentum = max_momentum − (max_momentum − base_momentum) · height · scale                         (if cycle_momentum)

    mode "triangular": scale = 1; "triangular2": halved with each cycle; "exp_range": gammaᵗ. scale_fn, a function of the
    cycle's number 1, 2, … (scale_mode "cycle") or of t ("iterations"), replaces mode.
    Source: Smith, Cyclical learning rates for training neural networks, 2017, arXiv:1506.01186.

    >>> import tinygrad_edu as tg
    >>> opt = tg.optim.SGD([tg.zeros(1, requires_grad=True)], lr=1.0)
    >>> schedule = tg.optim.lr_scheduler.CyclicLR(opt, base_lr=0.0, max_lr=1.0, step_size_up=2, cycle_momentum=False)
    >>> [round(lr, 4) for [lr] in tg.optim.lr_scheduler.preview(schedule, steps=6)]
    [0.0, 0.5, 1.0, 0.5, 0.0, 0.5]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        base_lr: float | Sequence[float],
        max_lr: float | Sequence[float],
        step_size_up: int = 2000,
        step_size_down: int | None = None,
        mode: str = "triangular",
        gamma: float = 1.0,
        scale_fn: Callable[[float], float] | None = None,
        scale_mode: str = "cycle",
        cycle_momentum: bool = True,
        base_momentum: float | Sequence[float] = 0.8,
        max_momentum: float | Sequence[float] = 0.9,
        last_epoch: int = -1,
    ) -> None:
        require_optimizer(optimizer)
        if scale_fn is None and mode not in ("triangular", "triangular2", "exp_range"):
            raise ValueError(
                f"mode is invalid and scale_fn is None: mode must be triangular, triangular2 or exp_range, got {mode!r}"
            )
        if scale_fn is not None and not callable(scale_fn):
            raise TypeError(f"CyclicLR: scale_fn must be a function of the cycle's number or of t, got {scale_fn!r}")
        down = step_size_up if step_size_down is None else step_size_down
        check_schedule(self, step_size_up=step_size_up, step_size_down=down, gamma=gamma)
        base_lrs: list[float] = one_each("base_lr", base_lr, optimizer)
        self.max_lrs: list[float] = one_each("max_lr", max_lr, optimizer)
        if last_epoch == -1:
            for group, lr in zip(optimizer.param_groups, base_lrs, strict=True):
                group["lr"] = lr
        self.total_size = float(step_size_up + down)
        self.step_ratio = step_size_up / self.total_size
        self.mode = mode
        self.gamma = gamma
        self._scale_fn_custom = scale_fn
        self.scale_mode = scale_mode if scale_fn is not None else ("iterations" if mode == "exp_range" else "cycle")
        self.cycle_momentum = cycle_momentum
        self._prepare_momentum(optimizer, base_momentum, max_momentum, last_epoch)
        super().__init__(optimizer, last_epoch)
        self.base_lrs = base_lrs

    def get_lr(self) -> list[float]:
        cycle = math.floor(1 + self.last_epoch / self.total_size)
        x = 1 + self.last_epoch / self.total_size - cycle
        height = x / self.step_ratio if x <= self.step_ratio else (x - 1) / (self.step_ratio - 1)
        height *= self._scale(cycle if self.scale_mode == "cycle" else self.last_epoch)
        if self.cycle_momentum:
            groups = self.optimizer.param_groups
            for group, base, highest in zip(groups, self.base_momentums, self.max_momentums, strict=True):
                _set_momentum(group, highest - (highest - base) * height)
        return [base + (highest - base) * height for base, highest in zip(self.base_lrs, self.max_lrs, strict=True)]

    def _scale(self, x: float) -> float:
        if self._scale_fn_custom is not None:
            return self._scale_fn_custom(x)
        scales: dict[str, float] = {"triangular": 1.0, "triangular2": 0.5 ** (x - 1), "exp_range": self.gamma**x}
        return scales[self.mode]


class OneCycleLR(_CyclesMomentum):
    """Up from max_lr/div_factor to max_lr, then down to max_lr/div_factor/final_div_factor; call step() after every batch.

    The rate rises for a fraction pct_start of total_steps = epochs · steps_per_epoch and falls for the rest; with three_phase,
    it rises, falls back to the initial rate in as many steps, then falls further. It follows half a cosine (anneal_strategy
    "cos") or a line ("linear"). Momentum (or β₁) falls from max_momentum to base_momentum while the rate rises, then rises
    again.
    Source: Smith & Topin, Super-convergence, 2018, arXiv:1708.07120 (three_phase; the default follows fast.ai).

    >>> import tinygrad_edu as tg
    >>> opt = tg.optim.SGD([tg.zeros(1, requires_grad=True)], lr=1.0)
    >>> line = {"anneal_strategy": "linear", "cycle_momentum": False}
    >>> schedule = tg.optim.lr_scheduler.OneCycleLR(opt, max_lr=1.0, total_steps=5, pct_start=0.6, **line)
    >>> [round(lr, 4) for [lr] in tg.optim.lr_scheduler.preview(schedule, steps=5)]
    [0.04, 0.52, 1.0, 0.5, 0.0]
    """

    missing_in_pytorch = ("anneal_strategy", "base_momentums", "max_momentums", "phases")

    def __init__(
        self,
        optimizer: Optimizer,
        max_lr: float | Sequence[float],
        total_steps: int | None = None,
        epochs: int | None = None,
        steps_per_epoch: int | None = None,
        pct_start: float = 0.3,
        anneal_strategy: str = "cos",
        cycle_momentum: bool = True,
        base_momentum: float | Sequence[float] = 0.85,
        max_momentum: float | Sequence[float] = 0.95,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        three_phase: bool = False,
        last_epoch: int = -1,
    ) -> None:
        require_optimizer(optimizer)
        if total_steps is None:
            if epochs is None or steps_per_epoch is None:
                raise ValueError("You must define either total_steps OR (epochs AND steps_per_epoch)")
            total_steps = epochs * steps_per_epoch
        if total_steps <= 0 or not isinstance(total_steps, int):
            raise ValueError(f"Expected positive integer total_steps, but got {total_steps}")
        if not 0 <= pct_start <= 1:
            raise ValueError(f"Expected float between 0 and 1 pct_start, but got {pct_start}")
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(f"anneal_strategy must be one of 'cos' or 'linear', instead got {anneal_strategy}")
        self.total_steps = total_steps
        self.anneal_strategy = anneal_strategy
        max_lrs: list[float] = one_each("max_lr", max_lr, optimizer)
        if last_epoch == -1:
            for group, highest in zip(optimizer.param_groups, max_lrs, strict=True):
                initial = highest / div_factor
                group.update(initial_lr=initial, max_lr=highest, min_lr=initial / final_div_factor)
        peak = pct_start * total_steps - 1
        # (last step, the group's keys for the rate and the momentum there); values are annealed between rows
        self.phases: list[tuple[float, str, str]] = [(0, "initial_lr", "max_momentum"), (peak, "max_lr", "base_momentum")]
        if three_phase:
            self.phases.append((2 * peak, "initial_lr", "max_momentum"))
        self.phases.append((total_steps - 1, "min_lr", "max_momentum"))
        self.cycle_momentum = cycle_momentum
        self._prepare_momentum(optimizer, base_momentum, max_momentum, last_epoch)
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        t = self.last_epoch
        if t > self.total_steps:
            raise ValueError(f"Tried to step {t} times. The specified number of total steps is {self.total_steps}")
        i = next((i for i, phase in enumerate(self.phases) if i and t <= phase[0]), len(self.phases) - 1)
        (begin, lr_from, momentum_from), (end, lr_to, momentum_to) = self.phases[i - 1 : i + 1]
        fraction = (t - begin) / (end - begin) if end > begin else 1.0
        rates = []
        for group in self.optimizer.param_groups:
            rates.append(self._anneal(group[lr_from], group[lr_to], fraction))
            if self.cycle_momentum:
                _set_momentum(group, self._anneal(group[momentum_from], group[momentum_to], fraction))
        return rates

    def _anneal(self, start: float, end: float, fraction: float) -> float:
        if self.anneal_strategy == "linear":
            return start + (end - start) * fraction
        return end + (start - end) * (1 + math.cos(math.pi * fraction)) / 2


def _set_momentum(group: dict[str, Any], momentum: float) -> None:
    if "betas" in group:
        group["betas"] = (momentum, *group["betas"][1:])
    else:
        group["momentum"] = momentum
