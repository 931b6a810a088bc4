"""The SVG file around a drawing."""

from __future__ import annotations

import base64
from collections.abc import Sequence

from .markup import coordinate as n
from .markup import tag


def svg_document(kind: str, title: str, width: float, height: float, parts: Sequence[str]) -> str:
    """An SVG file; `kind` is the class used by its style sheet, `title` the text for screen readers."""
    return tag(
        "svg",
        inside="\n" + "\n".join(filter(None, parts)) + "\n",
        xmlns="http://www.w3.org/2000/svg",
        class_=kind,
        viewBox=f"0 0 {n(width)} {n(height)}",
        width=width,
        height=height,
        role="img",
        aria_label=title,
    ) + "\n"  # fmt: skip


def fitted(svg: str, title: str) -> str:
    """An SVG file as HTML that is never wider than the notebook cell it is in.

    Notebook viewers prefer HTML to SVG, and some of them show an SVG at its natural size.
    """
    data = base64.b64encode(svg.encode()).decode()
    return tag("img", src=f"data:image/svg+xml;base64,{data}", alt=title, style="max-width:100%;height:auto")
