"""Previews of a schedule: its next learning rates, as a list or a picture."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ... import _shortcuts
from ..._numbers import with_numbers
from .base import LRScheduler
from .plateau import ReduceLROnPlateau

if TYPE_CHECKING:
    from ...viz import Picture


@with_numbers
def preview(scheduler: LRScheduler, steps: int, metrics: Sequence[float] | None = None) -> list[list[float]]:
    """The learning rates of the next `steps` steps: a list per step, with one rate per group. Nothing is changed.

    metrics: the metrics for ReduceLROnPlateau, one per step. The result is shorter if the schedule ends earlier.

    >>> import tinygrad_edu as tg
    >>> opt = tg.optim.SGD([tg.zeros(1, requires_grad=True)], lr=1.0)
    >>> preview(tg.optim.lr_scheduler.StepLR(opt, step_size=2, gamma=0.5), steps=4)
    [[1.0], [1.0], [0.5], [0.5]]
    """
    if isinstance(scheduler, ReduceLROnPlateau) and (metrics is None or len(metrics) < steps):
        raise ValueError("preview: ReduceLROnPlateau depends on a metric: pass metrics=[…], one per step")
    groups = scheduler.optimizer.param_groups
    options = [{key: value for key, value in group.items() if key != "params"} for group in groups]
    state = copy.deepcopy(scheduler.state_dict())
    rates = []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # "step() before optimizer.step()" is intended here
            for t in range(steps):
                rates.append([float(group["lr"]) for group in groups])
                try:
                    scheduler.step(*() if metrics is None else (metrics[t],))
                except ValueError:  # OneCycleLR has ended
                    break
    finally:
        scheduler.load_state_dict(state)
        for group, saved in zip(groups, options, strict=True):
            group.update(saved)
    return rates


@with_numbers
def plot(scheduler: LRScheduler, steps: int, metrics: Sequence[float] | None = None) -> Picture:
    """Draw the next `steps` learning rates, one line per parameter group, as a picture that a notebook displays.

    metrics  the metrics for ReduceLROnPlateau, one per step

    >>> import tinygrad_edu as tg
    >>> opt = tg.optim.SGD([tg.zeros(1, requires_grad=True)], lr=1.0)
    >>> print(plot(tg.optim.lr_scheduler.StepLR(opt, step_size=2, gamma=0.5), steps=4))
    StepLR
      learning rate  x 0 … 4, y 0.5 … 1
    """
    groups = list(zip(*preview(scheduler, steps, metrics), strict=True))
    lines = {}
    for i, rates in enumerate(groups):
        ends = [t for t in range(len(rates)) for t in (t, t + 1)]  # a rate applies from its step to the next
        lines[f"group {i}" if len(groups) > 1 else "learning rate"] = ends, [lr for lr in rates for lr in (lr, lr)]
    title = type(scheduler).__name__
    picture: Picture = _shortcuts.load("viz").plot(lines, title=title, xlabel="step", ylabel="learning rate")
    return picture
