"""The state of a training run in one picture: its losses, its metrics, and the model's current predictions."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from .boundary import class_point, class_regions, leads_of
from .curves import thinned
from .panel import Panel, line_sample
from .picture import Picture, document, text_at
from .ticks import span
from .training_run import Recorded

POINTS = 300  # the maximum number of points per curve, and of rows drawn


class Shown(Protocol):
    """The rows whose outputs are shown, as kept by train's callbacks."""

    X: np.ndarray
    y: np.ndarray
    kind: str
    probabilities: bool
    box: tuple[tuple[float, float], ...]

    @property
    def classes(self) -> np.ndarray:
        """The true classes, [N]."""


def training_state(run: Recorded, shown: Shown | None = None, points: Any = None) -> Picture:
    """Losses per update and per epoch, metrics, and the model's boundary or curve, as displayed by LivePlot while fit runs.

    run     a train.History
    shown   the rows to draw with the model's predictions, as kept by train
    points  the model's outputs [P, …] at the cell centers of a grid over `shown.box`; drawn for a model of one
            feature, and for a classifier of two features

    >>> import tinygrad_edu as tg
    >>> h = tg.train.History()
    >>> h.epoch({"loss": 0.5, "acc": 0.9})
    >>> print(training_state(h))
    epoch 1, update 0: loss 0.5, acc 0.9
    """
    updates, count = len(run.steps["loss"]), len(run.epochs.get("loss", []))
    ends = [round(max(updates, count) * (k + 1) / count) for k in range(count)]
    epochs = {name: values for name, values in run.epochs.items() if name not in ("lr", "seconds")}
    losses = {name: (ends, values) for name, values in epochs.items() if name.endswith("loss")}
    metrics = {name: (ends, values) for name, values in epochs.items() if name not in losses}
    numbers = ", ".join(f"{name} {values[-1]:.4g}" for name, values in epochs.items() if values)
    head = f"epoch {count}, update {updates:,}: {numbers or 'no results yet'}"
    body = [text_at(24, 28, head, kind="tgc-title")]
    body += _curves("loss (log scale)", losses, run.steps["loss"], 60, log=True)
    left = 400
    if metrics:
        body += _curves("metrics", metrics, [], left)
        left += 340
    # a surface over two features, which a regression has, is not drawn
    if shown is not None and points is not None and (len(shown.box) == 1 or (len(shown.box) == 2 and shown.kind == "classes")):
        body += _predictions(shown, np.asarray(points, np.float64), left)
        left += 340
    return Picture(document(head, max(left - 10, 690), 330, body), head)


def _curves(
    title: str,
    curves: Mapping[str, tuple[Sequence[int], Sequence[float]]],
    updates: Sequence[float],
    left: float,
    log: bool = False,
) -> list[str]:
    """The values per epoch plotted against the updates, and the values per update as a thin line."""
    every = thinned(updates, POINTS)
    low, high = span([*(v for _, v in every), *(v for _, values in curves.values() for v in values)], log)
    last = max([len(updates), *(ends[-1] for ends, _ in curves.values() if ends)], default=1)
    panel = Panel(left, 70, left + 270, 260, (0, max(last, 1)), (low, high), log_y=log)
    lines = [panel.line([i + 1 for i, _ in every], [v for _, v in every], 0, faint=True)] if every else []
    out = panel.frame(title, "update")
    for k, (name, (ends, values)) in enumerate(curves.items()):
        lines.append(panel.line(ends, values, k, name))
        out += [line_sample(left + 8 + 90 * k, 316, 20, k), text_at(left + 32 + 90 * k, 320, name)]
    return [*out, *panel.clip(lines, f"tgc-state-{int(left)}")]


def _predictions(shown: Shown, points: np.ndarray, left: float) -> list[str]:
    kept = slice(None, None, max(1, -(-len(shown.X) // POINTS)))
    rows = shown.X[kept].astype(np.float64)
    if len(shown.box) == 2:
        panel = Panel(left, 70, left + 270, 260, *shown.box)
        side = math.isqrt(len(points))
        leads = leads_of(points.reshape(len(points), -1).astype(np.float64), shown.probabilities).T.reshape(-1, side, side)
        body = [
            *class_regions(panel, leads, centered=True),
            *panel.frame("decision boundary", grid=False),
        ]
        return body + [
            class_point(panel, a, b, c) for (a, b), c in zip(rows.tolist(), shown.classes[kept].tolist(), strict=True)
        ]
    x0, x1 = shown.box[0]
    targets = shown.y.reshape(len(shown.y), -1)[kept, 0].astype(np.float64)
    values = points.reshape(len(points), -1)[:, 0]
    if shown.kind == "classes" and not shown.probabilities:
        values = 1 / (1 + np.exp(-np.clip(values, -500, 500)))
    panel = Panel(left, 70, left + 270, 260, (x0, x1), span(targets.tolist(), False))
    xs = (x0 + (x1 - x0) * (np.arange(len(values)) + 0.5) / len(values)).tolist()
    dots = [panel.dot(a, b, 0, 3) for a, b in zip(rows[:, 0].tolist(), targets.tolist(), strict=True)]
    line = panel.line(xs, values.tolist(), 1, "model")
    return [*panel.frame("fitted curve", "x"), *panel.clip([*dots, line], "tgc-state-curve")]
