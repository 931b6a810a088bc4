"""Escape user-supplied text for each format: a name can contain newlines, escape codes, quotes, lone surrogates."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable
from typing import NamedTuple


class Form(NamedTuple):
    """The characters that may need a replacement, the replacement, and whether to join lines first."""

    suspect: re.Pattern[str]
    instead: Callable[[str], str]
    one_line: bool


FORMS = {
    # nothing may break a line of text or move the cursor
    "text": Form(re.compile(r"[^ -~]"), lambda c: c if c.isprintable() else " ", False),
    # XML cannot represent most control characters or lone surrogates
    "xml": Form(re.compile("[^\t\n -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"), lambda c: "\ufffd", False),
    # as numeric references: nothing is left that could be syntax or an HTML entity
    "dot": Form(re.compile(r"[^\w .,:+=()\[\]/-]"), lambda c: f"&#{ord(c)};", True),
    "mermaid": Form(re.compile(r"[^\w .,+=/-]"), lambda c: f"#{ord(c)};", True),
}


def escaped(words: str, form: str, longest: int | None = None) -> str:
    """Escape `words` for the given format, after truncating them to `longest` characters.

    >>> escaped("a<b>", "dot"), escaped("a<b>", "mermaid"), escaped("two\\nlines", "text"), escaped("bell\\x07", "xml")
    ('a&#60;b&#62;', 'a#60;b#62;', 'two lines', 'bell\ufffd')
    >>> escaped("a long name", "text", 7)
    'a long…'
    """
    suspect, instead, one_line = FORMS[form]
    if one_line:
        words = " ".join(escaped(words, "xml").split())
    if longest is not None and len(words) > longest:
        words = words[: longest - 1] + "…"
    return suspect.sub(lambda m: instead(m[0]), words)


def source_line(file: str, line: int) -> str:
    """A source location for display: relative to the working directory, or the bare file name if it is elsewhere.

    >>> source_line("train.py", 12), source_line("/home/someone/lib/layers.py", 3), source_line("<stdin>", 1)
    ('train.py:12', 'layers.py:3', '<stdin>:1')
    """
    shown = re.split(r"[\\/]", file)[-1]
    with contextlib.suppress(OSError):  # the working directory may have been deleted
        here = os.getcwd()
        whole = os.path.normpath(os.path.join(here, file))
        if os.path.dirname(here) != here and os.path.normcase(whole).startswith(os.path.normcase(here) + os.sep):
            shown = whole[len(here) + 1 :].replace(os.sep, "/")  # not for a root: all files are below it
    return f"{shown}:{line}"
