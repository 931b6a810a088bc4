"""A picture of thousands of shapes and texts, painted by matplotlib's renderers without its figures, axes and artists, which
keep a transform and a layout for each mark: here the renderer gets everything precomputed.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any, Literal, NamedTuple

import numpy as np
from matplotlib import font_manager, rc_context
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.colors import to_rgba
from matplotlib.path import Path
from matplotlib.textpath import text_to_path
from matplotlib.transforms import Affine2D, Bbox

FONTS = ("DejaVu Sans", "Noto Sans CJK KR", "Noto Sans KR", "NanumGothic", "Malgun Gothic", "Apple SD Gothic Neo")
MONO = ("DejaVu Sans Mono",)
SMALLEST = 4.0  # pixels per line of text; smaller letters are unreadable, and take most of the time

Point = tuple[float, float]
Colour = tuple[str, float]  # a name, or "none", and an opacity


class Shape(NamedTuple):
    """A path, as points and matplotlib's codes."""

    points: list[Point]
    codes: list[int]
    fill: Colour
    line: Colour
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
    """A line of text starting at `at`, moved back by the fraction `back` of its width, rotated left by `turn` degrees."""

    text: str
    at: Point
    colour: Colour
    size: float
    mono: bool = False
    bold: bool = False
    back: float = 0.0
    turn: float = 0.0

    def paint(self, renderer: Any, gc: Any, zoom: float, height: float) -> None:
        colour = _rgba(self.colour)
        if colour is None or self.size * zoom < SMALLEST or not self.text.strip():
            return
        families = _families(self.text, self.mono)
        x, y = self.at[0] * zoom, self.at[1] * zoom
        gc.set_clip_rectangle(None)
        if renderer.flipy() and len(families) == 1:  # pixels: letters as paths take a tenth of the time of draw_text
            outlines, width = _outlines(self.text, families[0], self.bold)
            size = self.size * zoom
            place = Affine2D().translate(-self.back * width, 0).scale(size).rotate_deg(self.turn).translate(x, height - y)
            gc.set_linewidth(0)
            gc.set_snap(False)
            renderer.draw_path(gc, outlines, place, colour)
            return
        font = _font(families, self.size, self.bold)
        if self.back:
            width = self.back * renderer.get_text_width_height_descent(self.text, font, False)[0]
            x -= width * math.cos(math.radians(self.turn))
            y += width * math.sin(math.radians(self.turn))
        gc.set_foreground(colour, isRGBA=True)
        renderer.draw_text(gc, x, y if renderer.flipy() else height - y, self.text, font, self.turn)


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


def _outlines(text: str, family: str, bold: bool) -> tuple[Path, float]:
    """The letters of a line as one path in units of the font's size, and their width."""
    points, codes, widths = zip(*(_letter(letter, family, bold) for letter in text), strict=True)
    ends = np.cumsum(widths)
    drawn = np.concatenate(points)
    drawn[:, 0] += np.repeat(ends - widths, [len(letter) for letter in codes])
    return Path(drawn, np.concatenate(codes)), float(ends[-1])


@cache
def _letter(letter: str, family: str, bold: bool) -> tuple[np.ndarray, np.ndarray, float]:
    """Points, codes and width of a letter in units of the font's size."""
    font, size = _font((family,), text_to_path.FONT_SCALE, bold), text_to_path.FONT_SCALE
    points, codes = text_to_path.get_text_path(font, letter)
    width = text_to_path.get_text_width_height_descent(letter, font, False)[0] / size
    return np.reshape(points, (-1, 2)) / size, np.asarray(codes, Path.code_type), width


@cache
def _rgba(colour: Colour) -> Any:
    return None if colour[0] == "none" else to_rgba(*colour)


@cache
def _font(families: tuple[str, ...], size: float, bold: bool) -> Any:
    return font_manager.FontProperties(family=families, size=size, weight="bold" if bold else "normal")


def _families(text: str, mono: bool) -> tuple[str, ...]:
    """A single font that has all letters of the text, or else all fonts here that might: looking them up is slow."""
    first = MONO[0] if mono else FONTS[0]
    return (first,) if _letters(first).issuperset(text) else _known(mono)


@cache
def _letters(family: str) -> frozenset[str]:
    font = font_manager.get_font(font_manager.findfont(font_manager.FontProperties(family=[family])))
    return frozenset(map(chr, font.get_charmap()))


@cache
def _known(mono: bool) -> tuple[str, ...]:
    here = set(font_manager.get_font_names())
    return tuple(font for font in ((*MONO, *FONTS) if mono else FONTS) if font in here)
