"""A panel of a chart: a rectangle with two axes, lines in it, and contours of a surface."""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..render.markup import coordinate as n
from ..render.markup import polyline, tag
from ..render.style import DASHES, SERIES
from .contour import contour_lines
from .picture import text_at
from .ticks import label, log_ticks, ticks


@dataclass(frozen=True)
class Panel:
    """A rectangle from (left, top) to (right, bottom) in pixels that shows x in [x0, x1] and y in [y0, y1]."""

    left: float
    top: float
    right: float
    bottom: float
    x: tuple[float, float]
    y: tuple[float, float]
    log_x: bool = False
    log_y: bool = False

    def px(self, x: float) -> float:
        return self.left + (self.right - self.left) * _share(x, self.x, self.log_x)

    def py(self, y: float) -> float:
        return self.bottom - (self.bottom - self.top) * _share(y, self.y, self.log_y)

    def frame(
        self,
        title: str = "",
        xlabel: str = "",
        ylabel: str = "",
        grid: bool = True,
        x_ticks: Mapping[float, str] | None = None,
        y_ticks: Sequence[float] | None = None,
    ) -> list[str]:
        """Axes with their numbers and labels.

        x_ticks  positions on the x axis -> their labels; y_ticks: positions on the y axis, labeled with their values. By
                 default, both have round numbers, as many as there is room for
        """
        out = [text_at(self.left, self.top - 10, title)] if title else []
        for t in y_ticks if y_ticks is not None else _ticks(self.y, self.log_y, (self.bottom - self.top) / 45):
            if grid:
                out.append(tag("path", class_="tgc-grid", d=f"M{n(self.left)} {n(self.py(t))}H{n(self.right)}"))
            out.append(text_at(self.left - 7, self.py(t) + 4, label(t), "end", "tgc-soft"))
        if x_ticks is None:
            x_ticks = {t: label(t) for t in _ticks(self.x, self.log_x, (self.right - self.left) / 70)}
        for t, text in x_ticks.items():
            out.append(tag("path", class_="tgc-axis", d=f"M{n(self.px(t))} {n(self.bottom)}v5"))
            out.append(text_at(self.px(t), self.bottom + 19, text, "middle", "tgc-soft"))
        box = f"M{n(self.left)} {n(self.top)}V{n(self.bottom)}H{n(self.right)}"
        out.append(tag("path", class_="tgc-axis tgc-frame", d=box))
        out.append(text_at((self.left + self.right) / 2, self.bottom + 38, xlabel, "middle") if xlabel else "")
        middle = (self.top + self.bottom) / 2
        out.append(text_at(self.left - 58, middle, ylabel, "middle", turn=-90) if ylabel else "")
        return [part for part in out if part]

    def clip(self, body: Iterable[str], name: str = "") -> list[str]:
        """Elements drawn only inside the rectangle; `name` is the id of the clip path, for a script that adds to it."""
        rect = tag("rect", x=self.left, y=self.top, width=self.right - self.left, height=self.bottom - self.top)
        inside = "".join(body)
        name = name or f"tgc-{zlib.crc32((rect + inside).encode()):08x}"  # a notebook has many pictures on one page
        return [tag("clipPath", inside=rect, id=name), tag("g", inside=inside, clip_path=f"url(#{name})")]

    def line(self, xs: Sequence[float], ys: Sequence[float], k: int, title: str = "", faint: bool = False) -> str:
        """A line in the color and dashes of series k; thin, pale and solid if `faint`; broken where it cannot be drawn."""
        parts, pen, last = [], "M", (math.inf, math.inf)
        for x, y in zip(xs, ys, strict=True):
            if not (math.isfinite(x) and math.isfinite(y)) or (self.log_y and y <= 0) or (self.log_x and x <= 0):
                pen = "M"
                continue
            here = _near(self.px(x)), _near(self.py(y))
            if pen == "L" and math.dist(here, last) < 0.5:  # too short to be visible
                continue
            parts.append(f"{pen}{n(here[0])} {n(here[1])}")
            pen, last = "L", here
        tip = tag("title", title) if title else ""
        look = {"style": "stroke-width:1", "stroke_opacity": "0.35"} if faint else {"stroke_dasharray": dashes(k)}
        return tag("path", inside=tip, class_=line_class(k), d="".join(parts), **look)

    def band(self, xs: Sequence[float], lows: Sequence[float], highs: Sequence[float], k: int) -> str:
        """A shaded area between two lines in the color of series k; values that cannot be drawn are omitted."""
        kept = [
            point
            for point in zip(xs, lows, highs, strict=True)
            if all(map(math.isfinite, point)) and (point[0] > 0 or not self.log_x) and (point[1] > 0 or not self.log_y)
        ]
        outline = [(x, low) for x, low, _ in kept] + [(x, high) for x, _, high in reversed(kept)]
        path = "L".join(f"{n(_near(self.px(x)))} {n(_near(self.py(y)))}" for x, y in outline)
        return tag("path", class_=f"tgc-f{k % len(SERIES)}", fill_opacity="0.15", d=f"M{path}Z") if kept else ""

    def dot(self, x: float, y: float, k: int, radius: float = 4.0) -> str:
        return tag("circle", class_=f"tgc-f{k % len(SERIES)}", cx=_near(self.px(x)), cy=_near(self.py(y)), r=radius)

    def ring(self, x: float, y: float, k: int, radius: float = 6.0) -> str:
        return tag("circle", class_=line_class(k), cx=_near(self.px(x)), cy=_near(self.py(y)), r=radius)

    def contours(self, values: np.ndarray, levels: Sequence[float], kind: str = "tgc-axis tgc-frame") -> list[str]:
        """Contour lines of values [rows, columns] that are spaced evenly over the panel, with row 0 at y0."""
        rows, columns = values.shape
        out = []
        for k, level in enumerate(levels):
            path = ""
            for line in contour_lines(values, level):
                x = self.left + (self.right - self.left) * line[:, 0] / (columns - 1)
                y = self.bottom - (self.bottom - self.top) * line[:, 1] / (rows - 1)
                path += polyline(x, y)
            if not path:
                continue
            shade = 0.9 - 0.5 * k / max(len(levels) - 1, 1)
            out.append(tag("path", inside=tag("title", label(level)), class_=kind, stroke_opacity=f"{shade:.2f}", d=path))
        return out


def line_sample(x: float, y: float, width: float, k: int) -> str:
    """A sample of the line of series k, for a legend."""
    return tag("path", class_=line_class(k), stroke_dasharray=dashes(k), d=f"M{n(x)} {n(y)}h{n(width)}")


def dashes(k: int) -> str | None:
    """The dash pattern of series k; None for a solid line."""
    return DASHES[k % len(DASHES)] or None


def line_class(k: int) -> str:
    """The CSS class of a line of series k."""
    return f"tgc-line tgc-l{k % len(SERIES)}"


def _share(value: float, span: tuple[float, float], log: bool) -> float:
    """The position of a value along an axis, from 0 to 1; differences and ratios of large numbers do not overflow."""
    low, value, high = map(math.log, (span[0], value, span[1])) if log else (span[0] / 2, value / 2, span[1] / 2)
    return (value - low) / (high - low)


def _ticks(span: tuple[float, float], log: bool, about: float) -> list[float]:
    return (
        log_ticks(*span)[:: max(1, round(len(log_ticks(*span)) / max(about, 2)))] if log else ticks(*span, max(2, int(about)))
    )


def _near(pixel: float) -> float:
    """A coordinate that every viewer can draw: points far outside stay outside."""
    return min(max(pixel, -20_000.0), 20_000.0)
