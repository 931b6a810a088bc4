"""Painting this package's SVG pictures as PNG or PDF with matplotlib: the same drawing, without a new layout.

It supports what `writers/svg.py` and `charts/` write (rectangles, circles, paths, translation, lines of text and their
rotation, clip rectangles, style rules for classes and elements), and is not a general SVG renderer.
"""

from __future__ import annotations

import io
import math
import re
import struct
import warnings
import xml.etree.ElementTree as ET
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from .matplotlib_artist import Shape, TextLine

FINE = 1e6  # SVG pixels: the PNG of a larger picture has one pixel for each, that of a smaller one 2 x 2, for dense screens
MOST_PIXELS = 16e6  # of a PNG
PACKED = 1  # zlib's level: 6 makes files 15 to 30% smaller, but takes two to four times as long

OWN_STYLE = ("fill-opacity", "stroke-opacity", "stroke-dasharray")  # attributes that are also style properties

Style = dict[str, str]
Rule = tuple[list[str], Style]
Clip = tuple[float, ...] | None  # x, y, width and height of the visible part


def paint(svg: str, kind: str) -> bytes:
    """An SVG of this package as "png" or "pdf"."""
    try:
        import matplotlib  # noqa: F401 - only to see whether it is installed
    except ImportError as error:
        raise ImportError(
            f"a .{kind} file needs matplotlib: pip install matplotlib; .svg and .html files need nothing else"
        ) from error
    from . import fallback_fonts  # these require matplotlib as well
    from .matplotlib_artist import PictureArtist, TextLine, pixels

    root = ET.fromstring(svg)
    width, height = float(root.get("width", 1)), float(root.get("height", 1))
    css = root.find("{*}style")
    styled = _styled(root, _rules((css.text or "") if css is not None else ""))
    marks = [mark for element, style, clip in styled if (mark := _mark(element, style, clip)) is not None]
    fallback_fonts.find((mark.text, mark.mono, mark.bold) for mark in marks if isinstance(mark, TextLine))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*[Gg]lyph")  # matplotlib's warnings, for each letter that is drawn as a box
        if kind == "png":
            zoom = png_zoom(width, height)
            return _png(pixels(marks, math.ceil(width * zoom), math.ceil(height * zoom), zoom), zoom)
        from matplotlib.figure import Figure

        figure = Figure(figsize=(width / 72, height / 72), dpi=72)
        figure.add_artist(PictureArtist(marks))
        out = io.BytesIO()
        figure.savefig(out, format=kind, metadata={"CreationDate": None, "Producer": None})  # the same bytes each time
    return out.getvalue()


def png_zoom(width: float, height: float) -> float:
    """The pixels of a PNG per SVG pixel, in each direction."""
    return min(2.0 if width * height <= FINE else 1.0, math.sqrt(MOST_PIXELS / (width * height)), 60_000 / max(width, height))


def _png(image: np.ndarray, zoom: float) -> bytes:
    """The PNG file of an image [height, width, 3]; rows are not filtered, as filtering makes such pictures larger."""
    height, width, channels = image.shape
    rows = np.zeros((height, 1 + channels * width), np.uint8)  # a row begins with the number of its filter, 0 for none
    for channel in range(channels):
        rows[:, 1 + channel :: channels] = image[..., channel]  # several times as fast as all at once
    per_meter = round(96 * zoom / 0.0254)  # an SVG pixel is a 96th of an inch
    parts = {
        b"IHDR": struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0),
        b"pHYs": struct.pack(">IIB", per_meter, per_meter, 1),
        b"IDAT": zlib.compress(rows.data, PACKED),
        b"IEND": b"",
    }
    chunks = (
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in parts.items()
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _rules(css: str) -> list[Rule]:
    """(selector, declarations) of the light theme, in ascending CSS precedence: by classes, by parts, by position."""
    found: list[Rule] = []
    for selectors, body in re.findall(r"([^{}]+)\{([^{}]*)\}", css.split("@media")[0]):
        style = dict(part.split(":", 1) for part in body.split(";") if ":" in part)
        found += [(selector.split(), style) for selector in selectors.split(",")]
    return sorted(found, key=lambda rule: (sum(part.count(".") for part in rule[0]), len(rule[0])))


def _styled(root: ET.Element, rules: list[Rule]) -> Iterator[tuple[ET.Element, Style, Clip]]:
    """Every element in painting order, with its style and its clip; of the elements around it, only the opacity applies."""
    seen: dict[tuple[frozenset[str], ...], Style] = {}  # there are thousands of elements but few kinds

    def style_of(chain: tuple[frozenset[str], ...]) -> Style:
        if chain not in seen:
            style: Style = {}
            for selector, declarations in rules:
                if _matches(selector, chain):
                    style |= declarations
            seen[chain] = style
        return seen[chain]

    clips = {f"url(#{c.get('id')})": _numbers(c[0], "x", "y", "width", "height") for c in root.iterfind(".//{*}clipPath")}
    stack: list[tuple[ET.Element, tuple[frozenset[str], ...], float, Clip]] = [(root, (), 1.0, None)]
    while stack:
        element, around, opacity, clip = stack.pop()
        clip = clips.get(element.get("clip-path", ""), clip)
        classes = (f".{name}" for name in (element.get("class") or "").split())
        chain = (*around, frozenset((*classes, element.tag.rpartition("}")[2])))
        style = style_of(chain) | {k: v for k in OWN_STYLE if (v := element.get(k))}
        style |= dict(part.split(":", 1) for part in element.get("style", "").split(";") if part)
        opacity *= float(style.get("opacity", 1))
        yield element, {**style, "opacity": str(opacity)}, clip
        inside = [] if element.tag.endswith("clipPath") else reversed(element)  # a clip path is not drawn itself
        stack += [(child, chain, opacity, clip) for child in inside]


def _matches(selector: list[str], chain: tuple[frozenset[str], ...]) -> bool:
    """Whether the last part of the selector matches the innermost element, and each other part an element around it."""

    def holds(part: str, names: frozenset[str]) -> bool:
        return names.issuperset(re.findall(r"\.?[\w-]+", part))

    return holds(selector[-1], chain[-1]) and all(any(holds(part, names) for names in chain[:-1]) for part in selector[:-1])


def _numbers(element: ET.Element, *keys: str) -> tuple[float, ...]:
    return tuple(float(element.get(key, 0)) for key in keys)


def _mark(element: ET.Element, style: Style, clip: Clip) -> Shape | TextLine | None:
    """What an element paints; None if that is nothing."""
    from .matplotlib_artist import Shape, TextLine

    kind = element.tag.rpartition("}")[2]
    opacity = float(style["opacity"])
    fill = (style.get("fill", "#000000"), opacity * float(style.get("fill-opacity", 1)))
    if kind == "text":
        turn = re.match(r"rotate\(([-\d.]+)", element.get("transform", ""))
        return TextLine(
            (element.text or "").replace("\n", " "),
            (float(element.get("x", 0)), float(element.get("y", 0))),
            fill,
            size=float(style.get("font-size", "12px").removesuffix("px")),
            mono="mono" in style.get("font-family", "").lower().split(",")[0],
            bold=style.get("font-weight") == "600",
            back={"middle": 0.5, "end": 1.0}.get(element.get("text-anchor", ""), 0.0),
            turn=-float(turn[1]) if turn else 0.0,
        )
    if kind == "path":
        points, codes = _path(element.get("d", ""))
    elif kind == "rect":
        points, codes = _rectangle(*_numbers(element, "x", "y", "width", "height", "rx"))
    elif kind == "circle":
        points, codes = _circle(*_numbers(element, "cx", "cy", "r"))
    else:
        return None
    if shift := re.match(r"translate\(([-\d.]+) ([-\d.]+)\)", element.get("transform", "")):
        points = [(x + float(shift[1]), y + float(shift[2])) for x, y in points]
    line = (style.get("stroke", "none"), opacity * float(style.get("stroke-opacity", 1)))
    dashes = [float(d) for d in style.get("stroke-dasharray", "").split()]
    cap: Literal["butt", "round"] = "round" if style.get("stroke-linecap") == "round" else "butt"
    return Shape(points, codes, fill, line, float(style.get("stroke-width", 1)), dashes, clip, cap) if points else None


def _rectangle(x: float, y: float, w: float, h: float, r: float) -> tuple[list[tuple[float, float]], list[int]]:
    """Points and codes of a rectangle with corners of radius r."""
    if w <= 0 or h <= 0:
        return [], []
    r = min(r, w / 2, h / 2)
    x1, y1 = x + w, y + h
    if not r:
        return [(x, y), (x1, y), (x1, y1), (x, y1), (x, y)], [1, 2, 2, 2, 79]
    corners = [((x1 - r, y), (x1, y), (x1, y + r)), ((x1, y1 - r), (x1, y1), (x1 - r, y1)),
               ((x + r, y1), (x, y1), (x, y1 - r)), ((x, y + r), (x, y), (x + r, y))]  # fmt: skip
    points = [(x + r, y), *(p for corner in corners for p in corner), (x + r, y)]
    return points, [1, *[2, 3, 3] * 4, 79]


def _circle(x: float, y: float, r: float) -> tuple[list[tuple[float, float]], list[int]]:
    """Points and codes of a circle: four cubic curves, accurate to 3 in 10,000."""
    k = 0.5522847 * r
    bends = [(k, -r), (r, -k), (r, 0), (r, k), (k, r), (0, r), (-k, r), (-r, k), (-r, 0), (-r, -k), (-k, -r), (0, -r)]
    points = [(x, y - r), *((x + dx, y + dy) for dx, dy in bends), (x, y - r)]
    return points, [1, *[4, 4, 4] * 4, 79]


def _path(d: str) -> tuple[list[tuple[float, float]], list[int]]:
    """Points and matplotlib's codes of a path of M, L, H, V, C, Z, and lower-case letters for relative coordinates."""
    points: list[tuple[float, float]] = []
    codes: list[int] = []
    here = (0.0, 0.0)
    for letter, numbers in re.findall(r"([a-zA-Z])([^a-zA-Z]*)", d):
        values = [float(v) for v in re.findall(r"-?[\d.]+", numbers)]
        step, name = letter.islower(), letter.upper()
        if name == "Z":
            points.append(here)
            codes.append(79)
            continue
        if name in "HV":
            base = 0.0 if not step else here[0 if name == "H" else 1]
            pairs = [(base + values[0], here[1]) if name == "H" else (here[0], base + values[0])]
        else:
            dx, dy = here if step else (0.0, 0.0)
            pairs = [(x + dx, y + dy) for x, y in zip(values[::2], values[1::2], strict=True)]
        points += pairs
        codes += [1] if name == "M" else [4] * len(pairs) if name == "C" else [2] * len(pairs)
        here = points[-1]
    return points, codes
