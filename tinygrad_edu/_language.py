"""The language of longer texts: the linter's explanations and findings, and pages' controls. Errors are always in English.

`TINYGRAD_EDU_LANG=ko`, or the locale, selects Korean; the texts are in locale/ko/LC_MESSAGES (gettext).
"""

from __future__ import annotations

import gettext
import locale
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "locale"
SPOKEN: ContextVar[str | None] = ContextVar("SPOKEN", default=None)
VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")  # in gettext's order: the first one that is set wins


def language() -> str:
    """ "ko" or "en", from speaking(), TINYGRAD_EDU_LANG or the locale, in this order; any other language gives "en".

    >>> language() in ("en", "ko")
    True
    """
    asked = (
        SPOKEN.get()
        or os.environ.get("TINYGRAD_EDU_LANG")
        or next((os.environ[v] for v in VARIABLES if os.environ.get(v)), None)
    )
    if asked is None:
        asked = locale.getlocale()[0] or "en"  # Windows does not set them; its Korean locale is called Korean_Korea
    return "ko" if asked.lower().startswith("ko") else "en"


@contextmanager
def speaking(name: str) -> Iterator[None]:
    """A block in which texts are in the language `name`, "ko" or "en": for pages that have both languages."""
    before = SPOKEN.set(name)
    try:
        yield
    finally:
        SPOKEN.reset(before)


@cache
def _catalog(name: str) -> gettext.NullTranslations:
    return gettext.translation("tinygrad_edu", FOLDER, [name], fallback=name == "en")


def translate(text: str) -> str:
    """The text in the reader's language; a text missing from the catalog is returned unchanged."""
    return _catalog(language()).gettext(text) if text else ""
