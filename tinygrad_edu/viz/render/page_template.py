"""Filling in a page template: values by name, and texts in the reader's language."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.resources import files
from typing import Any

from ..._language import language, speaking, translate
from .style import DASHES, MONO, PAGE, PALETTE, SANS, SERIES

SPOKEN = ("theme.js", "language.js")
SHARED = (*SPOKEN, "line_chart.js", "time_controls.js")


def fill(page: str, values: Mapping[str, str], korean: Mapping[str, str] | None = None) -> str:
    """The page filled in: {{name}} is a value, {{text:Step}} a text of the page, {{script:Play}} a text in its script.

    The page contains its texts in both languages, and the reader can switch (language.js). {{language}} is the current
    language, "en" or "ko", in which the page opens unless its address names another; {{texts}} is the catalog, which includes
    `korean`, English -> Korean. Values are inserted unchanged.

    >>> fill('<p title="{{text:Step}}">{{text:a < b}} {{x}}</p> {{script:Step}} {{texts}}', {"x": "1"})
    '<p title="Step" data-t-title="Step"><span data-t="a &lt; b">a &lt; b</span> 1</p> T_("Step") {"Step":["","걸음"]}'
    """
    page = with_parts(page)
    texts = dict.fromkeys(_one_line(text) for _, kind, text in FIELD.findall(page) if kind)
    catalog = {text: ["", _korean(text)] for text in texts} | {text: ["", told] for text, told in (korean or {}).items()}
    known = {"language": language(), **values}
    known["texts"] = script_json({text: pair for text, pair in catalog.items() if pair[1] != text}, ensure_ascii=False)

    def put(match: re.Match[str]) -> str:
        attribute, kind, text = match[1], match[2], match[3]
        if not kind:
            return (match[0][: match[0].index("{{")]) + known[text]
        key = _one_line(text)
        if kind == "script":
            return f"T_({script_json(key, ensure_ascii=False)})"
        shown, key = html.escape(translate(key)), html.escape(key)
        return f'{attribute}="{shown}" data-t-{attribute}="{key}' if attribute else f'<span data-t="{key}">{shown}</span>'

    return FIELD.sub(put, page)


FIELD = re.compile(r'(?:([\w-]+)=")?\{\{(?:(text|script):)?(.+?)\}\}(?!\})', re.DOTALL)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _korean(text: str) -> str:
    with speaking("ko"):
        return translate(text)


def in_korean(build: Callable[[], Iterable[str]]) -> dict[str, str]:
    """English -> Korean for the texts that `build` returns, which must be in the same order in both languages."""
    with speaking("en"):
        english = list(build())
    with speaking("ko"):
        return dict(zip(english, build(), strict=True))


def with_parts(page: str) -> str:
    """The page with {{head}}, which forbids network requests, and {{languages}}, the menu and the theme button, filled in."""
    for name in ("head", "languages"):
        page = page.replace(f"{{{{{name}}}}}\n", _part(__package__, f"{name}.html"))
    return page


def template(package: str, name: str, scripts: Sequence[str], *, shared: Sequence[str] = SHARED) -> str:
    """The page `name` of a package, with the common style sheet at {{theme}} and all scripts, `shared` first, at {{script}}."""
    inside = {"theme": _part(__package__, "theme.css")}
    inside["script"] = "".join(_part(__package__, script) for script in shared) + "".join(
        _part(package, script) for script in scripts
    )
    page = _part(package, name)
    for key, text in inside.items():
        page = page.replace(f"{{{{{key}}}}}", text)
    return page


def spoken(texts: Mapping[str, Sequence[str]]) -> str:
    """The script for the theme and the language, with a catalog: key -> (English, Korean)."""
    script = "".join(_part(__package__, name) for name in SPOKEN)
    own = {text: ("", _korean(text)) for _, kind, text in FIELD.findall(script) if kind}
    script = FIELD.sub(lambda match: f"T_({script_json(match[3])})" if match[2] else match[0], script)
    return script.replace("{{texts}}", script_json({**own, **texts}, ensure_ascii=False))


def _part(package: str, name: str) -> str:
    return files(package).joinpath(name).read_text(encoding="utf-8")


def looks() -> dict[str, str]:
    """Values for templates: the colors as CSS variables, {{light}} and {{dark}}, the fonts and the dashes of lines."""
    light, dark = (
        " ".join(f"--{name}: {c[k]};" for name, c in {**PALETTE, **PAGE, **{f"s{i}": c for i, c in enumerate(SERIES)}}.items())
        for k in (0, 1)
    )
    return {"light": light, "dark": dark, "sans": SANS, "mono": MONO, "dashes": json.dumps(DASHES)}


def script_json(data: Any, *, ensure_ascii: bool = True) -> str:
    """JSON that is safe inside a script element; ensure_ascii=False shortens it, for pages known to be UTF-8."""
    return json.dumps(data, allow_nan=False, ensure_ascii=ensure_ascii, separators=(",", ":")).replace("<", "\\u003c")
