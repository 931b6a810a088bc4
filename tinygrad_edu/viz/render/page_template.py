"""Filling in a page template: values by name, and texts in the reader's language."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

from ..._language import language, translate
from .style import DASHES, MONO, PAGE, PALETTE, SANS, SERIES


def fill(template: str, values: Mapping[str, str]) -> str:
    """The page: {{name}} is a value, {{text:Step}} a text of the page, {{script:Play}} one in a script, with its quotes.

    {{language}} is the language of the texts, "en" or "ko". Values are inserted unchanged.

    >>> fill('<p lang="{{language}}">{{text:a < b}} {{x}}</p>', {"x": "1"})
    '<p lang="en">a &lt; b 1</p>'
    """
    known = {"language": language(), **values}

    def put(match: re.Match[str]) -> str:
        kind, text = match[1], match[2]
        if kind is None:
            return known[text]
        shown = translate(" ".join(text.split()))
        return html.escape(shown) if kind == "text" else json.dumps(shown, ensure_ascii=False).replace("<", "\\u003c")

    template = with_head(template)
    return re.sub(r"\{\{(?:(text|script):)?(.+?)\}\}(?!\})", put, template, flags=re.DOTALL)


def with_head(page: str) -> str:
    """The page with {{head}} replaced by the common head, which forbids requests and all scripts but the page's own."""
    return page.replace("{{head}}\n", _part(__package__, "head.html"))


def template(package: str, name: str, scripts: Sequence[str]) -> str:
    """The page `name` of a package, the common style sheet at {{theme}}, the common chart and its scripts at {{script}}."""
    inside = {"theme": _part(__package__, "theme.css")}
    inside["script"] = _part(__package__, "line_chart.js") + "".join(_part(package, script) for script in scripts)
    page = _part(package, name)
    for key, text in inside.items():
        page = page.replace(f"{{{{{key}}}}}", text)
    return page


def _part(package: str, name: str) -> str:
    return files(package).joinpath(name).read_text(encoding="utf-8")


def looks() -> dict[str, str]:
    """Values for style sheets with the colours and fonts of the pictures: {{light}} and {{dark}} are CSS variables."""
    light, dark = (
        " ".join(f"--{name}: {c[k]};" for name, c in {**PALETTE, **PAGE, **{f"s{i}": c for i, c in enumerate(SERIES)}}.items())
        for k in (0, 1)
    )
    return {"light": light, "dark": dark, "sans": SANS, "mono": MONO, "dashes": json.dumps(DASHES)}


def script_json(data: Any, *, ensure_ascii: bool = True) -> str:
    """JSON that may appear inside a script element; without ensure_ascii, a text known to be UTF-8 is shorter."""
    return json.dumps(data, allow_nan=False, ensure_ascii=ensure_ascii, separators=(",", ":")).replace("<", "\\u003c")
