"""A training run as one picture: the History that train.fit returns."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Protocol

from ..._wording import counted
from .panel import Panel, line_sample
from .picture import Picture, document, text_at
from .ticks import span, ticks

POINTS = 300  # maximum number of points drawn per curve
KEPT = 8  # maximum number of parameters whose change is drawn


class Recorded(Protocol):
    """What is drawn: train.History, or any object with its three dicts."""

    epochs: dict[str, list[float]]
    steps: dict[str, list[float]]
    ratios: dict[str, list[float]]


def history(run: Recorded, *, title: str = "Training") -> Picture:
    """Four panels: loss and metrics per epoch; gradient norm, and the relative change of the first 8 parameters, per update.

    run  a train.History; one without metrics is drawn with its learning rate instead

    >>> import tinygrad_edu as tg
    >>> h = tg.train.History()
    >>> h.epoch({"loss": 0.5, "acc": 0.9})
    >>> print(history(h))
    Training: 1 epoch, 0 updates
      loss 0.5
      acc 0.9
    """
    epochs = {name: values for name, values in run.epochs.items() if name not in ("lr", "seconds")}
    losses = {name: values for name, values in epochs.items() if name.endswith("loss")}
    others = {name: values for name, values in epochs.items() if name not in losses}
    others = others or ({"lr": run.epochs["lr"]} if "lr" in run.epochs else {})
    counts = {"epoch": len(run.epochs.get("loss", [])), "update": len(run.steps["loss"])}
    head = f"{title}: " + ", ".join(counted(count, what, spec=",") for what, count in counts.items())
    body = [text_at(24, 30, head, kind="tgc-title")]
    body += _panel(losses, "loss (log scale)", "epoch", 60, 80, first=1, log=True)
    body += _panel(others, "metrics" if "acc" in others or "lr" not in others else "learning rate", "epoch", 560, 80, first=1)
    body += _panel({"gradient norm": run.steps["grad_norm"]}, "gradient norm (log scale)", "update", 60, 370, log=True)
    moved = dict(list(run.ratios.items())[:KEPT])
    body += _panel(moved, "‖Δw‖ / ‖w‖ of each parameter (log scale)", "update", 560, 370, log=True)
    lines = [head, *(f"  {name} {values[-1]:.4g}" for name, values in epochs.items() if values)]
    return Picture(document(head, 1060, 640, body), "\n".join(lines))


def _panel(
    curves: Mapping[str, Sequence[float]],
    title: str,
    xlabel: str,
    left: float,
    top: float,
    *,
    first: int = 1,
    log: bool = False,
) -> list[str]:
    """Curves with their names on the right."""
    low, high = span((v for values in curves.values() for v in values), log)
    longest = max((len(values) for values in curves.values()), default=1)
    panel = Panel(left, top, left + 340, top + 190, (first, first + max(longest - 1, 1)), (low, high), log_y=log)
    whole = {t: f"{int(t):,}" for t in ticks(*panel.x, 5) if t == int(t)}
    out = panel.frame(title, xlabel, x_ticks=whole)
    lines = []
    for k, (name, values) in enumerate(curves.items()):
        every = max(1, math.ceil(len(values) / POINTS))
        kept = range(0, len(values), every)
        lines.append(panel.line([first + i for i in kept], [values[i] for i in kept], k, name))
        y = top + 10 + 20 * k
        out.append(line_sample(left + 350, y, 22, k))
        out.append(text_at(left + 378, y + 4, name))
    return [*out, *panel.clip(lines)]
