"""What a schedule will do, before a single step of training."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Sequence
from typing import Any

from .base import LRScheduler
from .plateau import ReduceLROnPlateau

COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7")  # Okabe and Ito's, told apart by colour-blind readers
DASHES = ("-", (0, (4, 4)), "-.", ":")  # so that of two equal lines both are seen


def preview(scheduler: LRScheduler, steps: int, metrics: Sequence[float] | None = None) -> list[list[float]]:
    """The learning rates of the next `steps` steps, [steps] lists of one rate a group; nothing is changed.

    metrics: what ReduceLROnPlateau will be told, one a step. Stops early where the schedule ends.

    >>> import tinygrad_edu as tg
    >>> opt = tg.optim.SGD([tg.zeros(1, requires_grad=True)], lr=1.0)
    >>> preview(tg.optim.lr_scheduler.StepLR(opt, step_size=2, gamma=0.5), steps=4)
    [[1.0], [1.0], [0.5], [0.5]]
    """
    if isinstance(scheduler, ReduceLROnPlateau) and (metrics is None or len(metrics) < steps):
        raise ValueError("preview: ReduceLROnPlateau follows a metric: pass metrics=[…], one for each step")
    groups = scheduler.optimizer.param_groups
    options = [{key: value for key, value in group.items() if key != "params"} for group in groups]
    state = copy.deepcopy(scheduler.state_dict())
    rates = []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # "step() before optimizer.step()": that is the idea
            for t in range(steps):
                rates.append([float(group["lr"]) for group in groups])
                try:
                    scheduler.step(*() if metrics is None else (metrics[t],))
                except ValueError:  # OneCycleLR is over
                    break
    finally:
        scheduler.load_state_dict(state)
        for group, saved in zip(groups, options, strict=True):
            group.update(saved)
    return rates


def plot(scheduler: LRScheduler, steps: int, metrics: Sequence[float] | None = None, ax: Any = None) -> Any:
    """Draw the next `steps` learning rates, one line a group, into matplotlib Axes, which are returned.

    Needs matplotlib: pip install "tinygrad_edu[viz]".
    """
    try:
        import matplotlib.pyplot as plt
    except ImportError as error:
        raise ImportError(
            'plot() draws with matplotlib: pip install "tinygrad_edu[viz]", or use preview() for the numbers'
        ) from error
    rates = preview(scheduler, steps, metrics)
    if ax is None:
        _, ax = plt.subplots(figsize=(6, 3), layout="constrained")
    for i, line in enumerate(zip(*rates, strict=True)):
        ax.plot(line, color=COLORS[i % 4], linestyle=DASHES[i % 4], linewidth=1.8, drawstyle="steps-post", label=f"group {i}")
    ax.set(title=type(scheduler).__name__, xlabel="step", ylabel="learning rate")
    ax.set_ylim(bottom=min(0.0, ax.get_ylim()[0]))
    ax.grid(alpha=0.3)
    ax.spines[["top", "right"]].set_visible(False)
    if len(scheduler.optimizer.param_groups) > 1:
        ax.legend(frameon=False)
    return ax
