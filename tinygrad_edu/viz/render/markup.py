"""Safe XML: all text and attributes go through `tag`."""

from __future__ import annotations

from html import escape

from .escape import escaped


def tag(name: str, words: str = "", *, inside: str = "", **attributes: object) -> str:
    """An XML element around escaped text and finished markup.

    `class_` is class, `stroke_width` is stroke-width, numbers get at most one decimal, None omits an attribute.

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
    """The value of an attribute; line breaks and tabs in it are preserved."""
    text = escape(value, quote=False).replace('"', "&quot;")
    return text.replace("\n", "&#10;").replace("\r", "&#13;").replace("\t", "&#9;")


def coordinate(value: object) -> str:
    """A number with at most one decimal.

    >>> coordinate(3.0), coordinate(-0.04)
    ('3', '0')
    """
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text
