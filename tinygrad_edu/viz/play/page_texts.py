"""The parts of the pages: files, texts in both languages, colors and fonts."""

from __future__ import annotations

import html
import json
from functools import cache
from importlib.resources import files

from ..._language import language
from ..render.page_template import with_parts
from ..render.style import MONO, PALETTE, SANS, SERIES


def page_file(name: str) -> str:
    """One file of the playground's page, with the parts that all pages share filled in."""
    return with_parts(files(__package__).joinpath("page", name).read_text(encoding="utf-8"))


@cache
def texts() -> dict[str, tuple[str, str]]:
    """All texts of the playground: key -> (English, Korean); the page's script replaces {words in braces}."""
    return {key: (english, korean) for key, (english, korean) in json.loads(page_file("texts.json")).items()}


def text(key: str) -> str:
    """A text of the playground in the user's language, HTML-escaped."""
    return html.escape(texts()[key][language() == "ko"])


def variables(which: int) -> str:
    """The colors as CSS variables, light (0) or dark (1)."""
    bars = {"positive": SERIES[1][which], "negative": SERIES[0][which]}
    return " ".join(f"--{name}: {value};" for name, value in [*((k, v[which]) for k, v in PALETTE.items()), *bars.items()])


def style() -> str:
    """The colors for light and dark mode, and the fonts, as CSS."""
    dark = variables(1)
    return (
        f":root {{ {variables(0)} --sans: {SANS}; --mono: {MONO}; color-scheme: light dark; }}\n"
        f"@media (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}"
    )
