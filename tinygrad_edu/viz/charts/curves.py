"""Training as curves: the loss of one run, or of several in one chart."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from ..._numbers import with_numbers
from ..render.markup import coordinate as n
from ..render.markup import tag
from ..render.number_format import number
from ..render.style import DASHES, SERIES, columns, pixels
from .panel import Panel, line_class
from .picture import Picture, document, text_at
from .ticks import label, log_ticks, span, ticks

WIDTH, HEIGHT = 760.0, 420.0
LEFT, TOP, BOTTOM = 78.0, 46.0, 52.0
POINTS = 800  # maximum number drawn per curve; a longer curve keeps the extremes of each segment


@with_numbers
def loss_curves(
    curves: Mapping[str, Sequence[float]] | Sequence[float],
    *,
    title: str = "Loss",
    xlabel: str = "epoch",
    ylabel: str = "loss",
    log: bool = False,
    start: int = 1,
) -> Picture:
    """Lines over steps, one per name: `loss_curves({"train": [...], "test": [...]})`.

    log    a logarithmic y axis; values that are not positive are left out
    start  the number of the first step

    A NaN or infinite value breaks the line, so that a diverged run is visible as such.

    >>> print(loss_curves({"SGD": [2.3, 1.0, 0.5], "Adam": [2.3, 0.4, 0.1]}))
    Loss
    SGD   █▂▁  2.3 → 0.5
    Adam  █▁▁  2.3 → 0.1
    """
    named = {str(k): [float(v) for v in vs] for k, vs in (curves if isinstance(curves, Mapping) else {ylabel: curves}).items()}
    return Picture(_svg(named, title, xlabel, ylabel, log, start), _text(named, title))


def _text(named: Mapping[str, Sequence[float]], title: str) -> str:
    width = max(map(columns, named), default=0)
    lines = [title]
    for name, values in named.items():
        ends = f"{number(values[0])} → {number(values[-1])}" if values else "no values"
        lines.append(f"{name}{' ' * (width - columns(name))}  {sparkline(values)}  {ends}")
    return "\n".join(lines)


def _svg(named: Mapping[str, Sequence[float]], title: str, xlabel: str, ylabel: str, log: bool, start: int) -> str:
    labels = [f"{name} → {label(values[-1], 3)}" if values else name for name, values in named.items()]
    right = 46 + max((pixels(text, 12) for text in labels), default=0)
    low, high = span((v for values in named.values() for v in values), log)
    longest = max((len(values) for values in named.values()), default=0)
    steps = (start, start + max(longest - 1, 1))
    panel = Panel(LEFT, TOP, WIDTH - right, HEIGHT - BOTTOM, steps, (low, high), log_y=log)
    whole = {t: f"{int(t):,}" for t in ticks(*steps, 8) if t == int(t)}
    body = [text_at(LEFT, 28, title, kind="tgc-title")]
    ylabel += " (log scale)" if log else ""
    body += panel.frame("", xlabel, ylabel, x_ticks=whole, y_ticks=log_ticks(low, high) if log else ticks(low, high))
    for k, (name, values) in enumerate(named.items()):
        points = [(panel.px(start + i), panel.py(v)) for i, v in thinned(values) if math.isfinite(v) and (v > 0 or not log)]
        breaks = {panel.px(start + i) for i, v in enumerate(values) if not math.isfinite(v)}
        dash = DASHES[k // len(SERIES) % len(DASHES)] if len(named) > len(SERIES) else DASHES[k % len(DASHES)]
        look: dict[str, Any] = {"class_": line_class(k), "stroke_dasharray": dash or None}
        y = TOP + 12 + 20 * k
        if points:
            body.append(tag("path", inside=tag("title", name), d=_path(points, sorted(breaks)), **look))
        body.append(tag("path", d=f"M{n(panel.right + 12)} {n(y)}h22", **look))
        body.append(text_at(panel.right + 40, y + 4, labels[k]))
    height = max(HEIGHT, TOP + 30 + 20 * len(named))
    return document(title, WIDTH, height, body)


def thinned(values: Sequence[Any], most: int = POINTS) -> list[tuple[int, Any]]:
    """The (index, value) pairs to draw: all of them, or the minimum and maximum of each segment, and its first gap.

    A gap is a value that is None, nan or infinite.

    >>> thinned([3.0, 1.0, 2.0, 5.0, 4.0, 0.0], most=4)
    [(0, 3.0), (1, 1.0), (3, 5.0), (5, 0.0)]
    """
    if len(values) <= most:
        return list(enumerate(values))
    size = 2 * len(values) / most
    kept: list[tuple[int, Any]] = []
    for k in range(most // 2):
        stretch = [(i, values[i]) for i in range(int(k * size), int((k + 1) * size))]
        known = [p for p in stretch if p[1] is not None and math.isfinite(p[1])]
        ends = {min(known, key=lambda p: p[1]), max(known, key=lambda p: p[1])} if known else set()
        kept += sorted([*ends, *[p for p in stretch if p not in known][:1]], key=lambda p: p[0])
    return kept


def _path(points: Sequence[tuple[float, float]], breaks: Sequence[float]) -> str:
    out, gap = [], 0
    for k, (x, y) in enumerate(points):
        broken = False
        while gap < len(breaks) and breaks[gap] < x:
            broken, gap = True, gap + 1
        out.append(f"{'M' if k == 0 or broken else 'L'}{n(x)} {n(y)}")
    if len(points) == 1:
        out.append("h0.1")
    return "".join(out)


def sparkline(values: Sequence[float], width: int = 40) -> str:
    """A curve as one line of text; non-finite values are shown as ×.

    >>> sparkline([3, 2, 1, 0.5, float("nan")])
    '█▅▂▁×'
    """
    marks = "▁▂▃▄▅▆▇█"
    step = max(1.0, len(values) / width)
    kept = [float(values[int(k * step)]) for k in range(min(len(values), width))]
    finite = [v for v in kept if math.isfinite(v)]
    low, high = min(finite, default=0.0), max(finite, default=0.0)
    scale = (len(marks) - 1) / (high - low) if high > low else 0.0
    return "".join(marks[int((v - low) * scale)] if math.isfinite(v) else "×" for v in kept)
