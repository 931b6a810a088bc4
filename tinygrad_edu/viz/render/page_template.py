"""A page's template, filled in: values by name, and its texts in the reader's language."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping

from ..._language import language, translate


def fill(template: str, values: Mapping[str, str]) -> str:
    """The page: {{name}} is a value, {{text:Step}} a text of the page, {{script:Play}} one in a script, with its quotes.

    {{language}} is the language of the texts, "en" or "ko". Values are put in as they are.

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

    return re.sub(r"\{\{(?:(text|script):)?(.+?)\}\}(?!\})", put, template, flags=re.DOTALL)
