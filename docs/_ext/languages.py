"""English and Korean: `page.md` and `page.ko.md` link to each other, or to the other language's home page."""

from __future__ import annotations

from typing import Any

STARTS = {"en": "docs/index", "ko": "docs/index.ko"}

KOREAN = {  # what the header of a Korean page offers
    "docs/start.ko": "시작하기",
    "docs/lessons.ko": "강의",
    "docs/glossary.ko": "용어집",
    "docs/reference/api/index": "API 문서 (영어)",
}

WORDS = {  # what the theme, which has no Korean translation, writes around a page
    "Section Navigation": "차례",
    "On this page": "이 쪽의 내용",
    "Collapse Sidebar": "차례 접기",
    "Expand Sidebar": "차례 펴기",
    "Search": "검색",
    "previous": "이전",
    "next": "다음",
    "previous page": "이전 쪽",
    "next page": "다음 쪽",
    "Back to top": "맨 위로",
    "Skip to main content": "본문으로 건너뛰기",
    "Breadcrumb": "현재 위치",
    "Home": "처음",
    "Site navigation": "사이트 차례",
    "Color mode": "화면 색",
    "Light": "밝게",
    "Dark": "어둡게",
    "System Settings": "시스템 설정대로",
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
    if language_of(pagename) == "ko":
        context["_"] = lambda text: WORDS.get(text, text)
    context["other_language"] = "English" if language_of(pagename) == "ko" else "한국어"
    context["other_code"] = "en" if language_of(pagename) == "ko" else "ko"
    context["korean_pages"] = [(context["pathto"](page), title) for page, title in KOREAN.items()]
    context["other_page"] = context["pathto"](counterpart(pagename, app.env.found_docs))


def setup(app: Any) -> dict[str, Any]:
    """Called by Sphinx."""
    app.connect("html-page-context", add)
    return {"parallel_read_safe": True}
