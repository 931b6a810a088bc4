"""Lines and points against a numeric x, for lessons and notebooks."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from ...autograd.node import raw
from ..render.markup import tag
from ..render.number_format import number
from ..render.style import SERIES, pixels
from .panel import Panel, line_class, line_sample
from .picture import Picture, document, text_at
from .ticks import span

Curve: TypeAlias = "tuple[Any, Any]"  # x and y: arrays, Tensors or lists of the same length


def plot(
    lines: Mapping[str, Curve],
    points: Mapping[str, Curve] | None = None,
    *,
    bands: Mapping[str, tuple[Any, Any, Any]] | None = None,
    title: str,
    xlabel: str = "x",
    ylabel: str = "y",
    log_x: bool = False,
    log_y: bool = False,
) -> Picture:
    """Named lines, and named points over them: `plot({"sin": (x, np.sin(x))}, title="…")`.

    bands  name of a line -> (x, from, to): a shaded area in its color, such as the spread over several seeds

    A value that is not finite, or not positive on a logarithmic axis, breaks its line; such a point is omitted. A point that
    would hide one with another name is drawn as a ring around it.

    >>> print(plot({"square": ([0, 1, 2], [0, 1, 4])}, {"minimum": ([0], [0])}, title="x²"))
    x²
      square   x 0 … 2, y 0 … 4
      minimum  x 0 … 0, y 0 … 0
    """
    named = {**lines, **(points or {})}
    numbers = {name: (_list(x), _list(y)) for name, (x, y) in named.items()}
    for name, (x, y) in numbers.items():
        if len(x) != len(y):
            raise ValueError(f"plot: x and y of {name!r} must have the same length, got {len(x)} and {len(y)}")
    areas = {name: (_list(x), _list(low), _list(high)) for name, (x, low, high) in (bands or {}).items()}
    for name, (x, low, high) in areas.items():
        if name not in lines or not len(x) == len(low) == len(high):
            raise ValueError(f"plot: the band {name!r} must be (x, from, to) of equal length for a line of that name")
    x_span = span((v for x, _ in numbers.values() for v in x), log_x)
    y_span = span([v for _, *ys in (*numbers.values(), *areas.values()) for y in ys for v in y], log_y)
    right = 60 + max((pixels(name, 12) for name in named), default=0)
    panel = Panel(84, 56, 560, 340, x_span, y_span, log_x, log_y)
    body = [text_at(24, 30, title, kind="tgc-title")]
    body += panel.frame("", xlabel + (" (log scale)" if log_x else ""), ylabel + (" (log scale)" if log_y else ""))
    inside: list[str] = []
    dots: list[np.ndarray] = []
    for k, (name, (x, y)) in enumerate(numbers.items()):
        row = 66 + 22 * k
        if name in lines:
            if name in areas:
                inside.append(panel.band(*areas[name], k))
            inside.append(panel.line(x, y, k, name))
            body.append(line_sample(575, row, 26, k))
        else:
            kept = [
                (a, b)
                for a, b in zip(x, y, strict=True)
                if math.isfinite(a) and math.isfinite(b) and (a > 0 or not log_x) and (b > 0 or not log_y)
            ]
            at = np.array([(panel.px(a), panel.py(b)) for a, b in kept]).reshape(-1, 2)
            covered = _covered(at, dots)
            dots.append(at)
            for (a, b), under in zip(kept, covered, strict=True):
                inside.append(panel.ring(a, b, k, 4 + 4 * under) if under else panel.dot(a, b, k))
            look = line_class(k) if len(covered) and all(covered) else f"tgc-f{k % len(SERIES)}"
            body.append(tag("circle", class_=look, cx=588, cy=row, r=4))
        body.append(text_at(610, row + 4, name))
    wide = max((len(name) for name in named), default=0)
    text = [f"  {name:{wide}}  x {_range(x)}, y {_range(y)}" for name, (x, y) in numbers.items()]
    height = max(400, 80 + 22 * len(named))
    body += panel.clip(inside)
    return Picture(document(title, max(560 + right, pixels(title, 15) * 1.1 + 48), height, body), "\n".join([title, *text]))


def _covered(at: np.ndarray, dots: list[np.ndarray]) -> list[int]:
    """For each position [n, 2], the number of earlier series with a dot that it would hide: a ring is drawn around it."""
    gaps = [np.hypot(*(at[:, None] - other[None]).T).min(0, initial=np.inf) for other in dots]
    return [sum(bool(gap[i] < 3) for gap in gaps) for i in range(len(at))]


def _list(values: Any) -> list[float]:
    array = np.asarray(raw(values), np.float64).reshape(-1)
    return array.tolist()


def _range(values: Sequence[float]) -> str:
    return f"{number(min(values))} … {number(max(values))}" if values else "none"
