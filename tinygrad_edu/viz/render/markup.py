"""XML elements, whose text and attributes are escaped, and the data of paths."""

from __future__ import annotations

from html import escape

import numpy as np

from .escape import escaped


def tag(name: str, words: str = "", *, inside: str = "", **attributes: object) -> str:
    """An XML element that contains `words`, escaped, and then the finished markup `inside`.

    `class_` becomes class, `stroke_width` stroke-width; numbers have at most one decimal; None omits an attribute.

    >>> tag("rect", x=1.25, rx=3.0, class_="a<b", fill=None)
    '<rect x="1.2" rx="3" class="a&lt;b"/>'
    >>> tag("text", "x < y", inside=tag("title", "less"))
    '<text>x &lt; y<title>less</title></text>'
    """
    kept = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items() if value is not None}
    values = {key: escaped(v, "xml") if isinstance(v, str) else coordinate(v) for key, v in kept.items()}
    text = "".join(f' {key}="{_attribute(value)}"' for key, value in values.items())
    content = escape(escaped(words, "xml"), quote=False) + inside
    return f"<{name}{text}>{content}</{name}>" if content else f"<{name}{text}/>"


def _attribute(value: str) -> str:
    """The escaped value of an attribute, in which line breaks and tabs are preserved."""
    text = escape(value, quote=False).replace('"', "&quot;")
    return text.replace("\n", "&#10;").replace("\r", "&#13;").replace("\t", "&#9;")


def coordinate(value: object) -> str:
    """A number with at most one decimal.

    >>> coordinate(3.0), coordinate(-0.04)
    ('3', '0')
    """
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def polyline(x: np.ndarray, y: np.ndarray) -> str:
    """The `d` of a path through the points; those within 0.1 pixel of the path through the others are left out.

    Its relative steps are differences of coordinates rounded to one decimal, so that rounding errors do not add up.

    >>> polyline(np.array([10.0, 10.26, 10.52, 12.0, 14.0]), np.array([5.0, 4.86, 4.7, 4.7, 3.0]))
    'M10 5l.5-.3l1.5 0l2-1.7'
    """
    points = np.stack([x, y], 1)
    tenths = np.round(10 * points[_bends(points, 0.1)]).astype(int)
    steps = [step for step in np.diff(tenths, axis=0).tolist() if step != [0, 0]]
    start, *rest = ([_tenths(v) for v in pair] for pair in [tenths[0].tolist(), *steps])
    return "M" + " ".join(start) + "".join("l" + a + (b if b[0] == "-" else f" {b}") for a, b in rest)


def _bends(points: np.ndarray, room: float) -> list[int]:
    """The indices of points whose polyline stays within `room` of all others (Ramer, 1972; Douglas and Peucker, 1973)."""
    kept, open_ = {0, len(points) - 1}, [(0, len(points) - 1)]
    while open_:
        first, last = open_.pop()
        inner, chord = points[first + 1 : last] - points[first], points[last] - points[first]
        share = np.clip(inner @ chord / max(float(chord @ chord), 1e-12), 0, 1)
        away = np.hypot(*(inner - share[:, None] * chord).T)
        if len(inner) and away.max() > room:
            middle = first + 1 + int(away.argmax())
            kept.add(middle)
            open_ += [(first, middle), (middle, last)]
    return sorted(kept)


def _tenths(value: int) -> str:
    text = f"{abs(value) / 10:.1f}".removesuffix(".0").removeprefix("0") or "0"
    return f"-{text}" if value < 0 else text
