"""The mistakes of a classifier: the confusion matrix, and the images that were misclassified."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..._numbers import with_numbers
from ...autograd.node import raw
from ...nn.diagnostics import class_counts
from ..render.markup import tag
from ..render.style import pixels
from .picture import Picture, document, on_fill, text_at

CELL, TILE = 44.0, 64.0


def confusion_matrix(
    truth: Any, predicted: Any, labels: Sequence[str] | None = None, *, title: str = "Confusion matrix"
) -> Picture:
    """How often each true class (row) was predicted as each class (column).

    truth, predicted  class indices [N] from 0, or outputs or one-hot rows [N, C], as in train.metrics.confusion_matrix
    labels            the names of the classes; the default is their indices

    Correct predictions are blue, wrong ones orange; the shade of a cell is its fraction of the row, for wrong ones the square
    root of that, so that rare mistakes are visible.

    >>> print(confusion_matrix([0, 0, 1, 1], [0, 1, 1, 1]))
    Confusion matrix: 3 of 4 right (75.0%)
           0  1
      0    1  1
      1    .  2
    """
    counts = class_counts.confusion_matrix(truth, predicted, None if labels is None else len(labels))
    names = [str(label) for label in (range(len(counts)) if labels is None else labels)]
    right = int(np.trace(counts))
    total = int(counts.sum())
    head = f"{title}: {right:,} of {total:,} right" + (f" ({100 * right / total:.1f}%)" if total else "")
    return Picture(_matrix_svg(counts, names, head), _matrix_text(counts, names, head))


def _matrix_text(counts: np.ndarray, names: list[str], head: str) -> str:
    width = max([len(name) for name in names] + [len(str(int(counts.max(initial=0))))])
    rows = [" " * (width + 5) + "  ".join(f"{name:>{width}}" for name in names)]
    for name, row in zip(names, counts.tolist(), strict=True):
        rows.append(f"  {name:>{width}}  " + "".join(f"  {c or '.':>{width}}" for c in row))
    return "\n".join([head, *rows])


def _matrix_svg(counts: np.ndarray, names: list[str], head: str) -> str:
    widest = max((pixels(name, 12) for name in names), default=0)
    upright = widest > CELL - 4  # names that are wider than a column are turned
    left, top = 52 + widest, 84.0 + (widest - 12 if upright else 0)
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    body = [text_at(24, 30, head, kind="tgc-title")]
    for i, name in enumerate(names):
        middle = CELL * (i + 0.5)
        body.append(text_at(left - 10, top + middle + 4, name, "end"))
        body.append(
            text_at(left + middle + 4, top - 8, name, turn=-90) if upright else text_at(left + middle, top - 10, name, "middle")
        )
        for j in range(len(names)):
            x, y, part = left + CELL * j, top + CELL * i, float(share[i, j])
            color = "tgc-ink" if not counts[i, j] else "tgc-f0" if i == j else "tgc-f1"
            depth = part if i == j else min(1.0, part**0.5)  # makes rare mistakes visible: one in fifty matters
            opacity = 0.05 + 0.9 * depth
            tip = tag("title", f"true {name}, predicted {names[j]}: {int(counts[i, j])} ({100 * part:.1f}%)")
            place: dict[str, Any] = {"x": x + 1, "y": y + 1, "width": CELL - 2, "height": CELL - 2, "rx": 4}
            body.append(tag("rect", inside=tip, class_=color, fill_opacity=f"{opacity:.3f}", **place))
            if counts[i, j]:
                kind = on_fill(0 if i == j else 1, opacity)
                body.append(text_at(x + CELL / 2, y + CELL / 2 + 4, f"{int(counts[i, j])}", "middle", kind))
    size = CELL * len(names)
    body.append(text_at(left + size / 2, 54, "predicted", "middle", "tgc-soft"))
    body.append(text_at(22, top + size / 2, "true", "middle", "tgc-soft", turn=-90))
    return document(head, max(left + size + 24, pixels(head, 15) * 1.1 + 48), top + size + 24, body)


@with_numbers
def misread_digits(
    images: Any, truth: Any, predicted: Any, *, most: int = 40, columns: int = 8, title: str = "Misread digits"
) -> Picture:
    """The images whose predicted class is wrong, each with both classes.

    images            [N, side, side] or [N, side²], any range: each image is scaled from its minimum to its maximum
    truth, predicted  class indices [N], or outputs or one-hot rows [N, C]
    most              draw at most this many images, the first ones; the title gives the total number

    >>> images = np.zeros((3, 8, 8))
    >>> print(misread_digits(images, [1, 2, 3], [1, 7, 3]))
    Misread digits: 1 of 3
      image 1: 2 read as 7
    """
    x = np.asarray(raw(images), dtype=np.float64)
    t, p = (class_counts.as_classes("misread_digits", *named) for named in (("truth", truth), ("predicted", predicted)))
    side = round(x.shape[-1] ** 0.5) if x.ndim == 2 else x.shape[-1]
    if x.ndim not in (2, 3) or math.prod(x.shape[1:]) != side**2 or not len(x) == len(t) == len(p):
        raise ValueError(
            "misread_digits: images must be [N, side, side] or [N, side²] with N true and N predicted classes, "
            f"got {x.shape}, {t.shape} and {p.shape}"
        )
    wrong = np.flatnonzero(t != p)
    shown = wrong[:most].tolist()
    head = f"{title}: {len(wrong):,} of {len(t):,}" + (f", the first {most}" if len(wrong) > most else "")
    lines = [f"  image {i}: {t[i]} read as {p[i]}" for i in shown]
    body = [text_at(24, 30, head, kind="tgc-title")]
    step_x, step_y = TILE + 26, TILE + 34
    for k, i in enumerate(shown):
        left, top = 24 + step_x * (k % columns), 50 + step_y * (k // columns)
        body.append(_tile(x[i].reshape(side, -1), left, top))
        body.append(text_at(left + TILE / 2, top + TILE + 16, f"{t[i]} read as {p[i]}", "middle"))
    wide = step_x * min(columns, max(len(shown), 1)) + 24
    tall = 50 + step_y * -(-len(shown) // columns) + 8
    svg = document(head, max(wide, pixels(head, 15) * 1.1 + 48), tall, body)
    return Picture(svg, "\n".join([head, *lines]))


def _tile(image: np.ndarray, left: float, top: float) -> str:
    """An image as squares; adjacent pixels of the same gray in a row are one rectangle."""
    low, high = float(np.nanmin(image)), float(np.nanmax(image))
    gray = np.rint((np.nan_to_num(image) - low) / (high - low) * 15).astype(int) if high > low else np.zeros(image.shape, int)
    pixel = TILE / image.shape[1]
    out = []
    for r, row in enumerate(gray.tolist()):
        c = 0
        while c < len(row):
            end = c
            while end < len(row) and row[end] == row[c]:
                end += 1
            if row[c]:
                place: dict[str, Any] = {
                    "x": left + c * pixel,
                    "y": top + r * pixel,
                    "width": (end - c) * pixel,
                    "height": pixel,
                }
                out.append(tag("rect", class_="tgc-ink", fill_opacity=f"{row[c] / 15:.2f}", **place))
            c = end
    frame = tag("rect", class_="tgc-grid tgc-frame", x=left, y=top, width=TILE, height=image.shape[0] * pixel)
    return tag("g", inside="".join(out), shape_rendering="crispEdges") + frame
