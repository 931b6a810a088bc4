"""A small chart writer: axes with round ticks, lines, tiles, in SVG that follows the reader's light or dark setting."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..model.summary import number
from ..render.markup import coordinate as n
from ..render.markup import tag
from ..render.style import DARK, LIGHT, SANS, SERIES
from ..writers import svg

DASHES = ("", "7 3", "2 3", "9 3 2 3", "14 4", "4 4", "9 3 2 3 2 3", "1 6")  # for eyes and printers without colour


@dataclass(frozen=True, repr=False)
class Picture:
    """A finished picture: shows itself in a notebook, prints as text, saves as .svg."""

    svg: str
    text: str

    def save(self, path: str | os.PathLike[str]) -> str:
        """Write a file that ends in .svg or, with matplotlib, in .png or .pdf; returns the path."""
        file = os.fspath(path)
        suffix = os.path.splitext(file)[1].lower()
        if suffix not in (".svg", ".png", ".pdf"):
            raise ValueError(f"Picture.save: {file!r} must end in .svg, .png or .pdf")
        content = self.svg.encode()
        if suffix != ".svg":
            from ..render.raster import paint  # it imports matplotlib

            content = paint(self.svg, suffix[1:])
        with open(file, "wb") as out:
            out.write(content)
        return file

    def __repr__(self) -> str:
        return self.text

    def _repr_svg_(self) -> str:
        return self.svg


def ticks(low: float, high: float, about: int = 5) -> list[float]:
    """Round numbers (1, 2 or 5 times a power of ten apart) from low to high.

    >>> ticks(0.13, 0.97)
    [0.2, 0.4, 0.6, 0.8]
    """
    if not high > low:
        return [low]
    rough = (high - low) / max(about, 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * m for m in (1, 2, 5, 10) if power * m >= rough * 0.999)
    decimals = max(0, 2 - math.floor(math.log10(step)))
    return [round(k * step, decimals) for k in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)]


def log_ticks(low: float, high: float) -> list[float]:
    """Powers of ten from low to high; with their double and fivefold where there are few of them; else round numbers.

    >>> log_ticks(0.02, 3)
    [0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0]
    >>> log_ticks(28, 41)
    [30.0, 35.0, 40.0]
    """
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    every = max(1, (last - first) // 7)
    digits = (1, 2, 5) if math.log10(high) - math.log10(low) < 2.5 else (1,)
    found = [float(f"{m}e{k}") for k in range(first, last + 1, every) for m in digits]
    inside = [t for t in found if low * 0.999 <= t <= high * 1.001]
    return inside if len(inside) > 1 else ticks(low, high, 3)


def label(value: float, digits: int = 4) -> str:
    """A number as axes and legends write it: with a minus, not a hyphen.

    >>> label(-0.5), label(1e-10)
    ('−0.5', '1e−10')
    """
    return number(value, digits).replace("-", "−")


def span(values: Iterable[float], log: bool) -> tuple[float, float]:
    """The range to draw: all finite values (positive ones on a log scale), with a little room."""
    kept = [v for v in values if math.isfinite(v) and (v > 0 or not log)]
    if not kept:
        return (0.1, 1.0) if log else (0.0, 1.0)
    low, high = min(kept), max(kept)
    if log:
        room = (math.log10(high) - math.log10(low)) * 0.04 or 0.3
        return 10.0 ** max(math.log10(low) - room, -300), 10.0 ** min(math.log10(high) + room, 300)
    room = (high - low) * 0.04 or abs(high) * 0.1 or 1.0
    return low - room, high + room


def document(title: str, width: float, height: float, body: Sequence[str]) -> str:
    """The SVG file around `body`."""
    paper = tag("rect", class_="tgc-paper", width=width, height=height, rx=8)
    return svg.document("tgc", title, width, height, [tag("style", inside=_css()), paper, *body])


def _css() -> str:
    def theme(c: dict[str, str], which: int) -> str:
        return (
            f".tgc-paper,.tgc .tgc-onfill{{fill:{c['paper']}}}.tgc text{{fill:{c['ink']}}}.tgc .tgc-soft{{fill:{c['soft']}}}"
            f".tgc-grid{{stroke:{c['faint']}}}.tgc-axis{{stroke:{c['line']}}}.tgc-ink{{fill:{c['ink']}}}"
            + "".join(f".tgc-l{k}{{stroke:{s[which]}}}.tgc-f{k}{{fill:{s[which]}}}" for k, s in enumerate(SERIES))
        )

    shared = (
        ".tgc{max-width:100%;height:auto}"  # a notebook's cell may be narrower than the picture
        f".tgc text{{font-family:{SANS};font-size:12px}}.tgc .tgc-title{{font-size:15px;font-weight:600}}"
        ".tgc-line{fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}.tgc-grid,.tgc-axis{stroke-width:1}"
        ".tgc-frame{fill:none}"
    )
    return shared + theme(LIGHT, 0) + "@media (prefers-color-scheme:dark){" + theme(DARK, 1) + "}"


def words(x: float, y: float, text: str, anchor: str = "start", kind: str | None = None, turn: float = 0.0) -> str:
    """A piece of text; `turn` in degrees around its anchor."""
    turned = f"rotate({n(turn)} {n(x)} {n(y)})" if turn else None
    return tag("text", text, class_=kind, x=x, y=y, text_anchor=anchor, transform=turned)


def sparkline(values: Sequence[float], width: int = 40) -> str:
    """A curve in one line of text; a value that is not finite is a cross.

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
