"""The class that a model predicts everywhere in the plane."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...autograd.grad_mode import no_grad
from ...autograd.node import from_array, raw
from ...nn.diagnostics.probabilities import squashed_by
from ..render.markup import coordinate as n
from ..render.markup import tag
from ..render.style import SERIES, pixels
from .panel import Panel
from .picture import Picture, document, text_at

LEVELS = 5  # shades of confidence


def decision_boundary(
    model: Callable[[Any], Any], X: Any, y: Any, *, resolution: int = 90, title: str = "Decision boundary"
) -> Picture:
    """The class that a model of two features gives each point of the plane, paler where it is less sure, and the data.

    model  maps [N, 2] to logits [N, classes], or to one column: a logit, or a probability if it ends in a sigmoid
    X, y   the data: [N, 2], and the classes [N] or [N, 1], whole numbers from 0
    A point on the wrong side has a ring around it.

    >>> import tinygrad_edu as tg
    >>> model = tg.nn.Linear(2, 1)
    >>> with tg.no_grad():
    ...     _ = model.weight.copy_(tg.tensor([[1.0, 0.0]])), model.bias.fill_(0.0)
    >>> print(decision_boundary(model, [[-1.0, 0.0], [1.0, 0.0], [0.5, 1.0]], [0, 1, 0]))
    Decision boundary: 2 of 3 on the right side
    """
    points, classes = np.asarray(raw(X), np.float64), np.asarray(raw(y)).reshape(-1).astype(np.int64)
    if points.ndim != 2 or points.shape[1] != 2 or len(classes) != len(points):
        raise ValueError(
            f"decision_boundary: X must be [N, 2] with N classes in y, got shapes {points.shape} and {np.shape(raw(y))}"
        )
    if not len(points) or not np.isfinite(points).all():
        raise ValueError("decision_boundary: X must have at least one row, and no NaN or infinity")
    low, high = points.min(0), points.max(0)
    room = 0.12 * np.maximum(high - low, 1e-9)
    x, y_span = (float(low[0] - room[0]), float(high[0] + room[0])), (float(low[1] - room[1]), float(high[1] + room[1]))
    panel = Panel(60, 60, 560, 460, x, y_span)
    centre = (np.arange(resolution) + 0.5) / resolution
    gx, gy = np.meshgrid(x[0] + (x[1] - x[0]) * centre, y_span[0] + (y_span[1] - y_span[0]) * centre)
    dtype = next((p.dtype for p in getattr(model, "parameters", tuple)()), np.dtype(np.float32))
    winner, sure = _answers(model, np.stack([gx.ravel(), gy.ravel()], 1).astype(dtype))
    said, _ = _answers(model, points.astype(dtype))
    right = said == classes
    head = f"{title}: {int(right.sum()):,} of {len(right):,} on the right side"
    body = [text_at(24, 30, head, kind="tgc-title")]
    body += regions(panel, winner.reshape(gx.shape), sure.reshape(gx.shape))
    body += panel.frame(grid=False)
    for (a, b), c, good in zip(points.tolist(), classes.tolist(), right.tolist(), strict=True):
        body.append(class_point(panel, a, b, c))
        if not good:
            body.append(panel.ring(a, b, 5, 7))
    names = sorted(set(classes.tolist()))
    for row, c in enumerate(names):
        body += [_mark(592, 76 + 24 * row, c), text_at(606, 80 + 24 * row, f"class {c}")]
    return Picture(document(head, max(690, pixels(head, 15) * 1.1 + 48), 500, body), head)


def _answers(model: Callable[[Any], Any], points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The class of each point, and how sure the model is: from 0 (a tie) to 1."""
    training = getattr(model, "training", False)
    if training:
        model.eval()  # type: ignore[attr-defined]  # only a Module is in training
    out = model(from_array(points))
    probabilities = bool(squashed_by(out))
    with no_grad():
        p = np.asarray(raw(out), np.float64).reshape(len(points), -1)
    if training:
        model.train()  # type: ignore[attr-defined]  # see above
    return classes_of(p, probabilities)


def classes_of(p: np.ndarray, probabilities: bool) -> tuple[np.ndarray, np.ndarray]:
    """The class of each row of outputs p [N, classes] or [N, 1], and how sure it is: from 0 (a tie) to 1."""
    if p.shape[1] == 1:
        positive = p[:, 0] if probabilities else 1 / (1 + np.exp(-np.clip(p[:, 0], -500, 500)))
        return (positive > 0.5).astype(np.int64), np.abs(2 * positive - 1)
    if not probabilities:
        p = np.exp(p - p.max(1, keepdims=True))
        p /= p.sum(1, keepdims=True)
    ranked = np.sort(p, axis=1)
    return p.argmax(1), ranked[:, -1] - ranked[:, -2]


def regions(panel: Panel, winner: np.ndarray, sure: np.ndarray) -> list[str]:
    """Rectangles of one class and one shade, those in a row that touch drawn as one."""
    shade = np.minimum((sure * LEVELS).astype(int), LEVELS - 1)
    rows, columns = winner.shape
    width, height = (panel.right - panel.left) / columns, (panel.bottom - panel.top) / rows
    paths: dict[tuple[int, int], list[str]] = {}
    for r in range(rows):
        code = winner[r] * LEVELS + shade[r]
        starts = np.flatnonzero(np.diff(code, prepend=-1))
        for start, end in zip(starts, (*starts[1:], columns), strict=True):
            key = int(winner[r, start]), int(shade[r, start])
            left, top = panel.left + start * width, panel.bottom - (r + 1) * height
            paths.setdefault(key, []).append(f"M{n(left)} {n(top)}h{n((end - start) * width)}v{n(height + 0.3)}H{n(left)}z")
    return [
        tag("path", class_=f"tgc-f{c % len(SERIES)}", fill_opacity=f"{0.08 + 0.09 * s:.2f}", d="".join(path))
        for (c, s), path in sorted(paths.items())
    ]


def class_point(panel: Panel, a: float, b: float, c: int) -> str:
    """A row of class c at (a, b)."""
    return _mark(panel.px(a), panel.py(b), c)


def _mark(x: float, y: float, c: int) -> str:
    """Classes differ in shape as well as in colour: circle, square, triangle, diamond."""
    kind = f"tgc-f{c % len(SERIES)}"
    shapes = ("", "M-3.5 -3.5h7v7h-7z", "M0 -4.5L4.5 3.5h-9z", "M0 -5L5 0L0 5L-5 0z")
    if not shapes[c % 4]:
        return tag("circle", class_=kind, cx=x, cy=y, r=4)
    return tag("path", class_=kind, d=shapes[c % 4], transform=f"translate({n(x)} {n(y)})")
