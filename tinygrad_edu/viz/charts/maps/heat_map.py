"""A table of numbers as colors, such as the loss for every rate and rule."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ....autograd.node import raw
from ...render.markup import tag
from ...render.number_format import number
from ...render.style import pixels
from ..picture import Picture, document, on_fill, text_at

HEIGHT = 34.0


def heatmap(
    values: Any,
    rows: Sequence[Any] | None = None,
    columns: Sequence[Any] | None = None,
    *,
    title: str = "Heat map",
    xlabel: str = "",
    ylabel: str = "",
) -> Picture:
    """A table of numbers, with stronger colors for smaller ones: values [rows, columns].

    rows, columns  labels of the rows and columns; the default is their indices

    Colors are spaced evenly by rank, so that one huge loss does not hide the differences between the others. The smallest
    value has a frame; non-finite values are crosses.

    >>> print(heatmap([[0.5, 0.1], [2.0, float("nan")]], ["SGD", "Adam"], [0.1, 1.0], title="loss"))
    loss
            0.1    1
      SGD   0.5  0.1
      Adam    2    ×
    """
    table = np.asarray(raw(values), np.float64)
    if table.ndim != 2:
        raise ValueError(f"heatmap: values must have shape [rows, columns], got {table.shape}")
    names = _names("rows", rows, table.shape[0]), _names("columns", columns, table.shape[1])
    texts = [[number(v) if math.isfinite(v) else "×" for v in row] for row in table.tolist()]
    return Picture(_svg(table, texts, *names, title, xlabel, ylabel), _text(texts, *names, title))


def _names(what: str, given: Sequence[Any] | None, n: int) -> list[str]:
    if given is not None and len(given) != n:
        raise ValueError(f"heatmap: {what} must have one name per {what[:-1]} of values ({n}), got {len(given)}")
    labels = range(n) if given is None else given
    return [number(v) if isinstance(v, (int, float)) and not isinstance(v, bool) else str(v) for v in labels]


def _text(texts: list[list[str]], rows: list[str], columns: list[str], title: str) -> str:
    left = max(map(len, rows), default=0)
    widths = [max([len(name), *(len(row[j]) for row in texts)]) for j, name in enumerate(columns)]
    lines = [" " * (left + 2) + "".join(f"  {name:>{w}}" for name, w in zip(columns, widths, strict=True))]
    for name, row in zip(rows, texts, strict=True):
        lines.append(f"  {name:{left}}" + "".join(f"  {text:>{w}}" for text, w in zip(row, widths, strict=True)))
    return "\n".join([title, *lines])


def _svg(
    table: np.ndarray, texts: list[list[str]], rows: list[str], columns: list[str], title: str, xlabel: str, ylabel: str
) -> str:
    wide = 22 + max((pixels(text, 12) for text in [*columns, *(t for row in texts for t in row)]), default=0)
    left, top = 52 + max((pixels(name, 12) for name in rows), default=0), 88.0
    depth = _depths(table)
    least = np.nanmin(np.where(np.isfinite(table), table, np.inf)) if table.size else math.inf
    body = [text_at(24, 30, title, kind="tgc-title")]
    for j, name in enumerate(columns):
        body.append(text_at(left + wide * (j + 0.5), top - 10, name, "middle"))
    for i, name in enumerate(rows):
        y = top + HEIGHT * i
        body.append(text_at(left - 10, y + HEIGHT / 2 + 4, name, "end"))
        for j, text in enumerate(texts[i]):
            x, dark = left + wide * j, float(depth[i, j])
            place: dict[str, Any] = {"x": x + 1, "y": y + 1, "width": wide - 2, "height": HEIGHT - 2, "rx": 4}
            tip = tag("title", f"{name}, {columns[j]}: {text}")
            known = math.isfinite(table[i, j])
            shade = 0.06 + 0.88 * dark if known else 0.05
            body.append(tag("rect", inside=tip, class_="tgc-f0" if known else "tgc-ink", fill_opacity=f"{shade:.3f}", **place))
            if known and table[i, j] == least:
                body.append(tag("rect", class_="tgc-line tgc-l1", **place))
            kind = on_fill(0, shade) if known else None
            body.append(text_at(x + wide / 2, y + HEIGHT / 2 + 4, text, "middle", kind))
    right, bottom = left + wide * len(columns), top + HEIGHT * len(rows)
    body.append(text_at((left + right) / 2, top - 32, xlabel, "middle", "tgc-soft") if xlabel else "")
    body.append(text_at(22, (top + bottom) / 2, ylabel, "middle", "tgc-soft", turn=-90) if ylabel else "")
    return document(title, max(right + 24, pixels(title, 15) * 1.1 + 48), bottom + 24, [part for part in body if part])


def _depths(table: np.ndarray) -> np.ndarray:
    """The darkness of each cell, from 0 for the largest value to 1 for the smallest, evenly by rank."""
    known = np.unique(table[np.isfinite(table)])
    return np.clip(1 - np.searchsorted(known, table) / max(known.size - 1, 1), 0, 1)
