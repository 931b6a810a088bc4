"""English and Korean: `page.md` and `page.ko.md` are one page; each links to the other, or to the home page."""

from __future__ import annotations

from typing import Any

STARTS = {"en": "docs/index", "ko": "docs/index.ko"}

KOREAN = {  # what the header of a Korean page offers
    "docs/start.ko": "시작하기",
    "docs/lessons.ko": "강의",
    "docs/glossary.ko": "용어집",
    "docs/reference/api/index": "API 문서 (영어)",
}


def language_of(page: str) -> str:
    return "ko" if page.endswith(".ko") else "en"


def counterpart(page: str, pages: Any) -> str:
    """The same page in the other language, or the home page of that language."""
    other = page.removesuffix(".ko") if language_of(page) == "ko" else f"{page}.ko"
    return other if other in pages else STARTS["en" if language_of(page) == "ko" else "ko"]


def add(app: Any, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Set what the template language-switch.html shows, and the language of the page for browsers and screen readers."""
    context["language"] = language_of(pagename)
    context["other_language"] = "English" if language_of(pagename) == "ko" else "한국어"
    context["other_code"] = "en" if language_of(pagename) == "ko" else "ko"
    context["korean_pages"] = [(context["pathto"](page), title) for page, title in KOREAN.items()]
    context["other_page"] = context["pathto"](counterpart(pagename, app.env.found_docs))


def setup(app: Any) -> dict[str, Any]:
    """Called by Sphinx."""
    app.connect("html-page-context", add)
    return {"parallel_read_safe": True}
