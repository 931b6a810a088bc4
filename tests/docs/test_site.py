"""The built site, opened from disk in a browser: search, language switch, live pages, pictures, links between pages.

`make docs` builds it and runs these tests.
"""

from __future__ import annotations

import os
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

ROOT = Path(__file__).parents[2]
SITE = ROOT / os.environ.get("TINYGRAD_EDU_SITE", "missing")

pytestmark = pytest.mark.skipif(not (SITE / "index.html").exists(), reason="the site is not built: run make docs")


class Links(HTMLParser):
    """The addresses that a page links to, and the ids that it defines."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if value and name == "id":
                self.ids.add(value)
            elif value and name in ("href", "src"):
                self.links.append(value)


@pytest.fixture(scope="module")
def pages() -> dict[Path, Links]:
    found = [p for p in SITE.rglob("*.html") if "_static" not in p.parts]
    return {p: Links(p.read_text(encoding="utf-8")) for p in found}


def test_every_link_within_the_site_leads_to_a_file_and_an_anchor_in_it(pages: dict[Path, Links]) -> None:
    assert len(pages) > 100
    broken = []
    for page, found in pages.items():
        for link in found.links:
            address = urlsplit(link)
            if address.scheme or address.netloc:
                continue
            target = (page.parent / unquote(address.path)).resolve() if address.path else page
            named = address.fragment if "=" not in address.fragment else ""  # a live page's state is not an anchor
            lost = named and target in pages and unquote(named) not in pages[target].ids
            if lost or not target.exists():
                broken.append(f"{page.relative_to(SITE)}: {link}")
    assert broken == []


def test_nothing_is_loaded_from_another_host(pages: dict[Path, Links]) -> None:
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert re.findall(r'(?:<script[^>]*src|<img[^>]*src|<link[^>]*rel="stylesheet"[^>]*href)="https?:', text) == [], page


def test_the_inventory_has_every_public_name_once() -> None:
    import sys

    sys.path.insert(0, str(ROOT / "docs" / "_ext"))
    try:
        from public_names import all_names  # type: ignore[import-not-found]
    finally:
        sys.path.pop(0)
    data = (SITE / "objects.inv").read_bytes()
    lines = zlib.decompress(data.split(b"\n", 4)[4]).decode().splitlines()
    listed = Counter(line.split(" ")[0] for line in lines if " py:" in line)
    assert {name.path for name in all_names()} - set(listed) == set()
    assert [name for name, times in listed.items() if times > 1] == []


def test_a_formula_a_rule_a_source_link_and_a_picture_are_shown() -> None:
    adam = (SITE / "docs/reference/api/tinygrad_edu.optim.html").read_text(encoding="utf-8")
    assert adam.count('class="formula') > 8
    assert "<dt>" + '<code class="docutils literal notranslate"><span class="pre">weight_decay</span></code></dt>' in adam
    assert "pictures" not in adam.partition("<body")[0]
    assert len(re.findall(r"<img[^>]*tinygrad_edu\.optim\.\w+\.svg", adam)) >= 10
    assert "../../../source/tinygrad_edu.optim.rules.html#L-" in adam
    ops = (SITE / "docs/reference/api/tinygrad_edu.ops.elementwise.html").read_text(encoding="utf-8")
    assert "primitive" in ops
    assert "subok" not in ops  # NumPy's own options are not ours


# --- in a browser ---


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    opened = chromium.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    opened.close()
    assert errors == []


@pytest.mark.parametrize(("query", "expected"), [("Nadam", "optim.Nadam"), ("saddle", "saddle"), ("안장점", "용어집")])
def test_search_works_from_files_on_disk(page: Any, query: str, expected: str) -> None:
    page.goto((SITE / "search.html").as_uri() + f"?q={query}")
    shown = "text => document.querySelector('#search-results').innerText.toLowerCase().includes(text)"
    found = page.wait_for_function(shown, arg=expected.lower(), timeout=15_000)  # results appear one after the other
    assert found.json_value() is True


def test_the_switch_leads_to_the_same_page_in_the_other_language(page: Any) -> None:
    page.goto((SITE / "examples/lessons/06_learning_rate/lesson.html").as_uri())
    page.click(".language-switch >> visible=true")
    assert page.url.endswith("06_learning_rate/lesson.ko.html")
    assert page.get_attribute("html", "lang") == "ko"
    assert "시작하기" in page.inner_text("header")
    assert "On this page" not in page.inner_text("body")
    page.click(".language-switch >> visible=true")
    assert page.url.endswith("06_learning_rate/lesson.html")
    assert page.get_attribute("html", "lang") == "en"


def test_a_page_without_a_counterpart_leads_to_the_start_of_the_other_language(page: Any) -> None:
    page.goto((SITE / "docs/architecture.html").as_uri())
    page.click(".language-switch >> visible=true")
    assert page.url.endswith("docs/index.ko.html")


def test_the_front_page_leads_to_the_first_pages(page: Any) -> None:
    page.goto((SITE / "index.html").as_uri())
    page.wait_for_url("**/docs/index.html")
    page.locator("article .sd-card").first.click()
    assert page.url.endswith("docs/start.html")
    assert page.evaluate("[...document.images].every(i => i.complete && i.naturalWidth > 0)")


def test_a_live_page_opens_as_a_page_and_plays(page: Any) -> None:
    page.goto((SITE / "docs/lessons.html").as_uri())
    page.click("text=the race on a saddle")
    page.wait_for_url("**/live/race.html#surface=saddle*")
    assert "the update rules race" in page.title()
    before = page.inner_text("body")
    page.click("#back")  # it opens at the end of the race
    assert page.inner_text("body") != before


def test_a_source_link_opens_at_its_line(page: Any) -> None:
    page.goto((SITE / "docs/reference/api/tinygrad_edu.ops.elementwise.html").as_uri())
    page.click("dt#tinygrad_edu\\.tanh a.reference.external, dt#tinygrad_edu\\.tanh a[href*='source/']")
    line = page.evaluate("document.getElementById(location.hash.slice(1)).parentElement.innerText")
    assert "primitive(np.tanh" in line
