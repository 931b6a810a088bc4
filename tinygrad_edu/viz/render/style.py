"""The look of pictures: colors for light and dark mode, suitable for color blindness, and the width of text.

Most hues are Okabe and Ito's (Color Universal Design, 2008), darkened or lightened so that they are legible on the background.
Color is never the only distinction: kinds also differ in outline and in text.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

SANS = "system-ui, -apple-system, 'Segoe UI', 'Noto Sans', 'Noto Sans KR', 'Malgun Gothic', 'DejaVu Sans', sans-serif"
MONO = "ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace"

PALETTE = {  # (light, dark)
    "paper": ("#ffffff", "#0d1117"), "ink": ("#1b1f24", "#e6edf3"), "soft": ("#59636e", "#9da7b3"),
    "line": ("#8c959f", "#6e7681"), "faint": ("#d8dee4", "#30363d"), "grad": ("#9b3579", "#e9a3cb"),
    "bad": ("#c43d00", "#ff8a4c"), "parameter": ("#0072b2", "#56b4e9"), "parameter-fill": ("#e8f3fa", "#0e2536"),
    "input": ("#00795a", "#2ec49a"), "input-fill": ("#e6f5f0", "#0b2921"), "constant": ("#6e7781", "#8b949e"),
    "constant-fill": ("#f4f5f7", "#161b22"), "op": ("#59636e", "#8b949e"), "op-fill": ("#ffffff", "#161b22"),
    "output": ("#a66f00", "#e69f00"), "output-fill": ("#fdf1d8", "#2b200a"), "failed": ("#c43d00", "#ff8a4c"),
    "failed-fill": ("#fdece5", "#331a0e"), "fold": ("#59636e", "#8b949e"), "fold-fill": ("#f4f5f7", "#1c232c"),
    "module": ("#59636e", "#8b949e"), "module-fill": ("#ffffff", "#161b22"), "frame": ("#eef1f4", "#1a212b"),
}  # fmt: skip
LIGHT, DARK = ({name: pair[k] for name, pair in PALETTE.items()} for k in (0, 1))
PAGE = {  # further colors of pages: what is current, right answers, cards and their background
    "now": PALETTE["parameter"], "good": PALETTE["input"], "card": ("#ffffff", "#161b22"), "ground": ("#f4f5f7", "#0d1117"),
}  # fmt: skip
SERIES = (  # (light, dark) for lines and bars, in order of use
    ("#0072b2", "#56b4e9"), ("#d55e00", "#ff8a4c"), ("#00795a", "#2ec49a"), ("#9b3579", "#e9a3cb"),
    ("#a66f00", "#e69f00"), ("#1b1f24", "#e6edf3"), ("#3f51b5", "#9fa8ff"), ("#7a6a53", "#c9b79c"),
)  # fmt: skip
DASHES = ("", "6 5", "1 5", "8 5 1 5", "13 6", "3 6", "8 5 1 5 1 5", "1 8")
"""Dash patterns, for readers and printers without color; the round ends of lines lengthen each dash by the line's width."""


def luminance(color: str) -> float:
    """Relative luminance of "#rrggbb", from 0 for black to 1 for white (WCAG 2.2)."""
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast of two colors, from 1 to 21; text is legible at 4.5 or more (WCAG 2.2).

    >>> contrast("#000000", "#ffffff")
    21.0
    """
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def blended(color: str, opacity: float, paper: str) -> str:
    """`color` with this opacity, painted over `paper`."""
    pairs = ((int(color[i : i + 2], 16), int(paper[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(opacity * above + (1 - opacity) * below):02x}" for above, below in pairs)


def paper_is_legible(k: int, opacity: float) -> tuple[bool, bool]:
    """Whether, on color k of SERIES, text in the color of the paper has more contrast than ink: in light and in dark mode."""
    shades = [blended(SERIES[k][mode], opacity, theme["paper"]) for mode, theme in enumerate((LIGHT, DARK))]
    light, dark = (
        contrast(theme["paper"], shade) > contrast(theme["ink"], shade)
        for theme, shade in zip((LIGHT, DARK), shades, strict=True)
    )
    return light, dark


@lru_cache(maxsize=4096)
def columns(text: str) -> int:
    """The number of terminal columns of a text: a wide character, such as Hangul, takes two, a combining mark none.

    >>> columns("loss"), columns("손실")
    (4, 4)
    """
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


_NARROW, _WIDE = set("fijlrtI.,:;'|!()[]{}/\\ \"`"), set("mwMWOQGCDHNU@%—…&+<>=×")


@lru_cache(maxsize=4096)
def pixels(text: str, size: float, mono: bool = False) -> float:
    """An upper estimate of the width of a text in pixels, because fonts and browsers differ by a few percent."""
    if mono:
        return 0.615 * size * columns(text)
    units = 0.0
    for c in text:
        if unicodedata.combining(c):
            continue
        if unicodedata.east_asian_width(c) in "WF":
            units += 1.0
        else:
            units += 0.37 if c in _NARROW else 0.88 if c in _WIDE else 0.64
    return units * size
