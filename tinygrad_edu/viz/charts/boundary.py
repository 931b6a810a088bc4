"""The class that a model predicts at each point of the plane."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..._numbers import with_numbers
from ...autograd.node import from_array, raw
from ...nn import Module
from ...nn.diagnostics.class_counts import as_classes
from ...nn.diagnostics.probabilities import squashed_by
from ...nn.module_modes import in_eval_mode
from ..render.markup import coordinate as n
from ..render.markup import tag
from ..render.style import SERIES, pixels
from .contour import regions
from .panel import Panel, line_class
from .picture import Picture, document, text_at

SURE = (0.0, 0.2, 0.4, 0.6, 0.8)  # a new shade begins where the likeliest class leads by this much: 0 is a tie, 1 is certain


@with_numbers
def decision_boundary(
    model: Callable[[Any], Any],
    X: Any,
    y: Any,
    *,
    resolution: int = 90,
    title: str = "Decision boundary",
    xlabel: str = "x₁",
    ylabel: str = "x₂",
) -> Picture:
    """The data, and the class that a model of two features predicts at each point of the plane, fainter where it is less sure.

    model           maps [N, 2] to a column per class, or to one column for class 1: logits, or probabilities if it ends in a
                    softmax or sigmoid
    X, y            the data: [N, 2], and the classes [N] or [N, 1], integers from 0
    resolution      the model is evaluated on a grid with this many rows and columns; values in between are interpolated
    xlabel, ylabel  the names of the two features, with units

    Misclassified points have a ring around them. With more than eight classes, colors repeat. Raises ValueError for data with
    another shape, without rows, or with NaN or infinity, and for classes that are not integers from 0.

    >>> import tinygrad_edu as tg
    >>> model = tg.nn.Linear(2, 1)
    >>> with tg.no_grad():
    ...     _ = model.weight.copy_(tg.tensor([[1.0, 0.0]])), model.bias.fill_(0.0)
    >>> print(decision_boundary(model, [[-1.0, 0.0], [1.0, 0.0], [0.5, 1.0]], [0, 1, 0]))
    Decision boundary: 2 of 3 classified correctly
    """
    points, classes = np.asarray(raw(X), np.float64), as_classes("decision_boundary", "y", y)
    if points.ndim != 2 or points.shape[1] != 2 or len(classes) != len(points):
        raise ValueError(
            f"decision_boundary: X must be [N, 2] with N class labels in y, got shapes {points.shape} and {np.shape(raw(y))}"
        )
    if not len(points) or not np.isfinite(points).all():
        raise ValueError("decision_boundary: X must have at least one row, and no NaN or infinity")
    low, high = points.min(0), points.max(0)
    room = 0.12 * np.maximum(high - low, 1e-9)
    x, y_span = (float(low[0] - room[0]), float(high[0] + room[0])), (float(low[1] - room[1]), float(high[1] + room[1]))
    panel = Panel(84, 56, 584, 456, x, y_span)
    gx, gy = np.meshgrid(np.linspace(*x, resolution), np.linspace(*y_span, resolution))
    dtype = next((p.dtype for p in getattr(model, "parameters", tuple)()), np.dtype(np.float32))
    leads = _leads(model, np.stack([gx.ravel(), gy.ravel()], 1).astype(dtype)).T.reshape(-1, resolution, resolution)
    right = _leads(model, points.astype(dtype)).argmax(1) == classes
    head = f"{title}: {int(right.sum()):,} of {len(right):,} classified correctly"
    body = [text_at(24, 30, head, kind="tgc-title")]
    body += class_regions(panel, leads)
    body += [line for lead in leads[:-1] for line in panel.contours(lead, [0.0])]
    body += panel.frame("", xlabel, ylabel, grid=False)
    for (a, b), c, good in zip(points.tolist(), classes.tolist(), right.tolist(), strict=True):
        body.append(class_point(panel, a, b, c))
        if not good:
            body.append(panel.ring(a, b, 5, 7))
    names = [f"class {c}" for c in sorted(set(classes.tolist()))]
    for row, c in enumerate(sorted(set(classes.tolist()))):
        body += [_mark(606, 72 + 24 * row, c), text_at(622, 76 + 24 * row, names[row])]
    if not right.all():
        y_ring = 72 + 24 * len(names)
        body += [tag("circle", class_=line_class(5), cx=606, cy=y_ring, r=7), text_at(622, y_ring + 4, "misclassified")]
    return Picture(document(head, max(720, pixels(head, 15) * 1.1 + 48), 510, body), head)


def _leads(model: Callable[[Any], Any], points: np.ndarray) -> np.ndarray:
    """The leads of the classes at points [N, 2], from the model's outputs in eval mode."""
    with in_eval_mode(model) if isinstance(model, Module) else contextlib.nullcontext():
        out = model(from_array(points))
    return leads_of(np.asarray(raw(out), np.float64).reshape(len(points), -1), bool(squashed_by(out)))


def classes_of(z: np.ndarray, probabilities: bool) -> tuple[np.ndarray, np.ndarray]:
    """The class for each row of outputs z [N, classes] or [N, 1], and how far it leads the next one: from 0 (a tie) to 1."""
    leads = leads_of(z, probabilities)
    return leads.argmax(1), np.tanh(leads.max(1) / 2)


def leads_of(z: np.ndarray, probabilities: bool) -> np.ndarray:
    """The log-ratio of each class's probability to that of the best other one, from outputs z [N, classes] or [N, 1]."""
    if probabilities and z.shape[1] == 1:
        z = np.log(np.clip(z, 1e-12, 1)) - np.log(np.clip(1 - z, 1e-12, 1))
    elif probabilities:
        z = np.log(np.clip(z, 1e-12, 1))
    if z.shape[1] == 1:
        z = np.concatenate([np.zeros_like(z), z], 1)
    ranked = np.sort(z, axis=1)
    best, second = ranked[:, -1:], ranked[:, -2:-1]
    leads: np.ndarray = np.where(z == best, z - second, z - best)
    return leads


def class_regions(panel: Panel, leads: np.ndarray, centered: bool = False) -> list[str]:
    """The regions in which each class leads, from leads [classes, rows, columns] on a grid: stronger for larger leads.

    centered  the points are cell centers; otherwise the outer ones are on the edges
    """
    leads = np.nan_to_num(leads)
    if centered:
        leads = np.pad(leads, ((0, 0), (1, 1), (1, 1)), mode="edge")
    areas = []
    for c, lead in enumerate(leads):
        size = np.array(lead.shape[::-1])
        for sure in SURE:  # each shade is drawn over the paler ones
            rings = regions(lead, 2 * math.atanh(sure))
            shares = [np.clip((ring - 0.5) / (size - 2), 0, 1) if centered else ring / (size - 1) for ring in rings]
            path = "".join("M" + "L".join(f"{n(x)} {n(y)}" for x, y in _pixels(panel, share)) + "z" for share in shares)
            areas.append(tag("path", class_=f"tgc-f{c % len(SERIES)}", fill_opacity="0.1", d=path) if path else "")
    return [area for area in areas if area]


def _pixels(panel: Panel, shares: np.ndarray) -> list[list[float]]:
    """The pixel positions of points given as fractions of the panel's width and height, from its lower left corner."""
    corner, size = (panel.left, panel.bottom), (panel.right - panel.left, panel.top - panel.bottom)
    places: list[list[float]] = (np.array(corner) + shares * np.array(size)).tolist()
    return places


def class_point(panel: Panel, a: float, b: float, c: int) -> str:
    """A data point of class c at (a, b)."""
    return _mark(panel.px(a), panel.py(b), c)


def _mark(x: float, y: float, c: int) -> str:
    """The mark of class c, whose shape depends on the class, as its color does: circle, square, triangle or diamond."""
    kind = f"tgc-f{c % len(SERIES)}"
    shapes = ("", "M-3.5 -3.5h7v7h-7z", "M0 -4.5L4.5 3.5h-9z", "M0 -5L5 0L0 5L-5 0z")
    if not shapes[c % 4]:
        return tag("circle", class_=kind, cx=x, cy=y, r=4)
    return tag("path", class_=kind, d=shapes[c % 4], transform=f"translate({n(x)} {n(y)})")
