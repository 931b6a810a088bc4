"""Learning-rate schedules side by side."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ..._numbers import with_numbers
from ...autograd.node import from_array
from ...optim import SGD
from ...optim.lr_scheduler import LRScheduler, preview
from ..render.number_format import number
from ..render.style import pixels
from .panel import Panel
from .picture import Picture, document, text_at
from .ticks import span

WIDE, HIGH, COLUMNS = 250.0, 150.0, 3


@with_numbers
def schedules(
    named: Mapping[str, LRScheduler | Callable[[Any], LRScheduler]],
    steps: int,
    *,
    lr: float = 0.1,
    metrics: Sequence[float] | None = None,
    log: bool = False,
    unit: str = "step",
    title: str = "Learning-rate schedules",
) -> Picture:
    """The learning rates of several schedules over the next steps, each in a panel, all on the same scale.

    named    name -> a scheduler, whose rates are previewed without changing it or its optimizer; or a function from an
             optimizer to a scheduler, such as `lambda opt: StepLR(opt, 10)`, which is called with a new optimizer
    steps    number of scheduler.step() calls
    lr       the learning rate of that optimizer
    metrics  the metrics for ReduceLROnPlateau, one per step
    log      a logarithmic axis; rates of 0 are omitted
    unit     what a step is, "step" or "epoch": the label of the x axis

    A scheduler of several parameter groups has a line per group. Raises TypeError for anything that is not a scheduler and does
    not return one.

    >>> from tinygrad_edu.optim.lr_scheduler import CosineAnnealingLR, StepLR
    >>> print(schedules({"halves": lambda o: StepLR(o, 2, 0.5), "cosine": lambda o: CosineAnnealingLR(o, 4)}, steps=4))
    Learning-rate schedules
      halves  0.1 → 0.05
      cosine  0.1 → 0.01464
    """
    rates = {str(name): _rates(str(name), schedule, steps, lr, metrics) for name, schedule in named.items()}
    low, high = span([v for groups in rates.values() for group in groups for v in group] + ([] if log else [0.0]), log)
    body, lines = [text_at(24, 30, title, kind="tgc-title")], [title]
    wide = max(map(len, rates), default=0)
    for k, (name, groups) in enumerate(rates.items()):
        left, top = 84 + (WIDE + 74) * (k % COLUMNS), 80 + (HIGH + 90) * (k // COLUMNS)
        panel = Panel(left, top, left + WIDE, top + HIGH, (0, max(steps, 1)), (low, high), log_y=log)
        body += panel.frame(name, unit, "learning rate" + (" (log scale)" if log else "") if k % COLUMNS == 0 else "")
        for j, group in enumerate(groups):
            ends = [t for t in range(len(group)) for t in (t, t + 1)]  # a rate applies from its step to the next
            body.append(panel.line(ends, [v for v in group for v in (v, v)], j, name))
        lines.append(f"  {name:{wide}}  {number(groups[0][0])} → {number(groups[0][-1])}")
    rows, columns = math.ceil(len(rates) / COLUMNS), min(COLUMNS, max(len(rates), 1))
    width = max(84 + (WIDE + 74) * columns - 44, pixels(title, 15) * 1.1 + 48)
    return Picture(document(title, width, 80 + (HIGH + 90) * max(rows, 1) - 24, body), "\n".join(lines))


def _rates(name: str, schedule: Any, steps: int, lr: float, metrics: Sequence[float] | None) -> list[list[float]]:
    """The rates of each group."""
    made = schedule
    if callable(schedule) and not isinstance(schedule, LRScheduler):
        weight = from_array(np.zeros(1, np.float32))
        weight.requires_grad = True
        made = schedule(SGD([weight], lr=lr))
    if not isinstance(made, LRScheduler):
        raise TypeError(
            f"schedules: {name!r} must be a scheduler, or a function from an optimizer to one, got {type(made).__name__}"
        )
    needs = type(made).__name__ == "ReduceLROnPlateau"
    return [list(group) for group in zip(*preview(made, steps, metrics if needs else None), strict=True)]
