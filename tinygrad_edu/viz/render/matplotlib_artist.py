"""Painting thousands of shapes and texts with matplotlib's renderers, without an artist for each of them.

An artist keeps a transform and a layout; here the renderer gets everything precomputed.
"""

from __future__ import annotations

import math
from functools import cache, lru_cache
from typing import Any, Literal, NamedTuple

import numpy as np
from matplotlib import rc_context
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.colors import to_rgba
from matplotlib.path import Path
from matplotlib.textpath import text_to_path
from matplotlib.transforms import Affine2D, Bbox

from . import fallback_fonts

SMALLEST = 4.0  # font size in pixels: smaller text would be unreadable, and take most of the time

Point = tuple[float, float]
Color = tuple[str, float]  # ("#rrggbb" or "none", opacity)


class Shape(NamedTuple):
    """A path, as points and matplotlib's codes."""

    points: list[Point]
    codes: list[int]
    fill: Color
    line: Color
    width: float
    dashes: list[float]
    clip: tuple[float, ...] | None = None  # x, y, width and height of the visible part
    cap: Literal["butt", "round"] = "butt"

    def paint(self, renderer: Any, gc: Any, zoom: float, height: float) -> None:
        edge = _rgba(self.line)
        gc.set_foreground(edge or (0, 0, 0, 0), isRGBA=True)
        gc.set_linewidth(self.width if edge else 0)
        gc.set_dashes(0, self.dashes or None)
        gc.set_capstyle(self.cap)
        upright = Affine2D.from_values(zoom, 0, 0, -zoom, 0, height)
        gc.set_clip_rectangle(Bbox.from_bounds(*self.clip).transformed(upright) if self.clip else None)
        gc.set_snap(None)
        renderer.draw_path(gc, Path(self.points, self.codes), upright, _rgba(self.fill))


class TextLine(NamedTuple):
    """A line of text starting at `at`, moved back by `back` times its width, and rotated counterclockwise by `turn` degrees."""

    text: str
    at: Point
    color: Color
    size: float
    mono: bool = False
    bold: bool = False
    back: float = 0.0
    turn: float = 0.0

    def paint(self, renderer: Any, gc: Any, zoom: float, height: float) -> None:
        color = _rgba(self.color)
        if color is None or self.size * zoom < SMALLEST or not self.text.strip():
            return
        x, y = self.at[0] * zoom, self.at[1] * zoom
        parts = list(fallback_fonts.runs(self.text, self.mono, self.bold))
        gc.set_clip_rectangle(None)
        if renderer.flipy():  # pixels: letters as paths take a tenth of the time of draw_text
            outlines, width = _outlines(parts, self.bold)
            size = self.size * zoom
            place = Affine2D().translate(-self.back * width, 0).scale(size).rotate_deg(self.turn).translate(x, height - y)
            gc.set_linewidth(0)
            gc.set_snap(False)
            renderer.draw_path(gc, outlines, place, color)
            return
        fonts = [_font(name, self.size, self.bold) for name, _ in parts]
        widths = [
            renderer.get_text_width_height_descent(part, font, False)[0] for font, (_, part) in zip(fonts, parts, strict=True)
        ]
        gc.set_foreground(color, isRGBA=True)
        along = -self.back * sum(widths)
        across, up = math.cos(math.radians(self.turn)), math.sin(math.radians(self.turn))
        for font, (_, part), width in zip(fonts, parts, widths, strict=True):
            renderer.draw_text(gc, x + along * across, height - y + along * up, part, font, self.turn)
            along += width


class PictureArtist(Artist):  # type: ignore[misc, unused-ignore]  # Any where matplotlib is missing
    """Paints `marks` on top of each other, in pixels from the upper left corner."""

    def __init__(self, marks: list[Shape | TextLine]) -> None:
        super().__init__()
        self.marks = marks

    def draw(self, renderer: Any) -> None:
        figure: Any = self.get_figure()
        _paint(self.marks, renderer, figure.dpi / 72, figure.bbox.height)


def pixels(marks: list[Shape | TextLine], width: int, height: int, zoom: float) -> np.ndarray:
    """The marks on white, as an array of height × width × 3 bytes."""
    agg: Any = RendererAgg  # matplotlib has no types for it
    renderer = agg(width, height, 72 * zoom)
    image = np.asarray(renderer.buffer_rgba())
    image[:] = 255
    _paint(marks, renderer, zoom, height)
    return image[..., :3]


def _paint(marks: list[Shape | TextLine], renderer: Any, zoom: float, height: float) -> None:
    gc = renderer.new_gc()
    with rc_context({"text.hinting": "no_hinting"}):  # hinted letters are wider, and small text would exceed its boxes
        for mark in marks:
            mark.paint(renderer, gc, zoom, height)
    gc.restore()


def _outlines(parts: list[tuple[str, str]], bold: bool) -> tuple[Path, float]:
    """The letters of a line, given as (font, text) parts, as one path in units of the font's size, and their width."""
    pieces = [(font, piece) for font, text in parts for piece in (text if font in fallback_fonts.OWN_FONTS else (text,))]
    points, codes, widths = zip(*(_piece(text, font, bold) for font, text in pieces), strict=True)
    ends = np.cumsum(widths)
    drawn = np.concatenate(points)
    drawn[:, 0] += np.repeat(ends - widths, [len(piece) for piece in codes])
    return Path(drawn, np.concatenate(codes)), float(ends[-1])


@lru_cache(4096)
def _piece(text: str, name: str, bold: bool) -> tuple[np.ndarray, np.ndarray, float]:
    """Points, codes and width of a letter, or of a run of letters that may be joined, in units of the font's size."""
    font, size = _font(name, text_to_path.FONT_SCALE, bold), text_to_path.FONT_SCALE
    points, codes = text_to_path.get_text_path(font, text)
    width = text_to_path.get_text_width_height_descent(text, font, False)[0] / size
    return np.reshape(points, (-1, 2)) / size, np.asarray(codes, Path.code_type), width


@cache
def _rgba(color: Color) -> Any:
    return None if color[0] == "none" else to_rgba(*color)


_font = cache(fallback_fonts.properties)
