"""A finished picture, and what all charts share: the SVG file with its colors, and text."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass

from ..render.document import fitted, svg_document
from ..render.markup import coordinate as n
from ..render.markup import tag
from ..render.style import DARK, LIGHT, SANS, SERIES, paper_is_legible


@dataclass(frozen=True, repr=False)
class Picture:
    """A finished picture, which a notebook displays; it prints as text, and `save` writes a file."""

    svg: str
    text: str

    def save(self, path: str | os.PathLike[str]) -> str:
        """Write a .svg file or, with matplotlib, a .png or .pdf file, and return the path."""
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

    def _repr_html_(self) -> str:
        return fitted(self.svg, self.text.partition("\n")[0])

    def _repr_svg_(self) -> str:
        return self.svg


def document(title: str, width: float, height: float, body: Sequence[str]) -> str:
    """The SVG file around `body`."""
    width, height = math.ceil(width), math.ceil(height)  # viewers round fractions of a pixel differently
    paper = tag("rect", class_="tgc-paper", width=width, height=height, rx=8)
    return svg_document("tgc", title, width, height, [tag("style", inside=_css()), paper, *body])


def _css() -> str:
    def theme(c: dict[str, str], which: int) -> str:
        mode, other = ("light", "dark")[which], ("dark", "light")[which]
        return (
            f".tgc text,.tgc .tgc-on-{other}{{fill:{c['ink']}}}.tgc-paper,.tgc .tgc-on-{mode}{{fill:{c['paper']}}}"
            f".tgc .tgc-soft{{fill:{c['soft']}}}"
            f".tgc-grid{{stroke:{c['faint']}}}.tgc-axis{{stroke:{c['line']}}}.tgc-ink{{fill:{c['ink']}}}"
            + "".join(f".tgc-l{k}{{stroke:{s[which]}}}.tgc-f{k}{{fill:{s[which]}}}" for k, s in enumerate(SERIES))
        )

    shared = (
        f".tgc text{{font-family:{SANS};font-size:12px}}.tgc .tgc-title{{font-size:15px;font-weight:600}}"
        ".tgc-line{fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}.tgc-grid,.tgc-axis{stroke-width:1}"
        ".tgc-frame{fill:none}"
    )
    # a notebook's cell may be narrower than the picture; cairosvg, which ignores @media, would draw nothing at height:auto
    fit = "@media all{.tgc{max-width:100%;height:auto}}"
    return shared + theme(LIGHT, 0) + fit + "@media (prefers-color-scheme:dark){" + theme(DARK, 1) + "}"


def on_fill(k: int, opacity: float) -> str | None:
    """The classes of text on color k of SERIES, which give it the color of the paper in modes where ink has less contrast."""
    modes = zip(("light", "dark"), paper_is_legible(k, opacity), strict=True)
    return " ".join(f"tgc-on-{mode}" for mode, legible in modes if legible) or None


def text_at(x: float, y: float, text: str, anchor: str = "start", kind: str | None = None, turn: float = 0.0) -> str:
    """A piece of text; `turn` in degrees around its anchor."""
    turned = f"rotate({n(turn)} {n(x)} {n(y)})" if turn else None
    return tag("text", text, class_=kind, x=x, y=y, text_anchor=anchor, transform=turned)
