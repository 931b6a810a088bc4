"""A test with a parameter `hostile` runs once for each of many names that could break a drawing tool."""

import pytest

HOSTILE = [
    "<lambda>", "</script>", "]]>", "&amp;", "C:\\new\\", "\\N", "{a|b}", '"quoted"', "it's", "two\nlines", "tab\there",
    "line\u2028separator", "손실", "🙂", "e\u0301", "\u202eright to left", "bell\x07", "nul\x00", "red\x1b[31m", "\x9b2J",
    "lone \ud800 surrogate", "%s %d",
    "x" * 10_000, " ", "", "--", "-->", "a;b#c", "`code`", "$math$",
]  # fmt: skip


@pytest.fixture(scope="session")
def hostile_names():
    """All hostile names at once, for a parser that is slow to start."""
    return HOSTILE


def pytest_generate_tests(metafunc):
    if "hostile" in metafunc.fixturenames:
        metafunc.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))


@pytest.fixture
def shown(chromium, tmp_path):
    """A function that opens a page of viz; at the end the console must be empty and nothing may have been fetched."""
    noise, pages = [], []

    def open_(page, width=1280, height=800, fragment="", **options):
        path = page.save(tmp_path / f"page{len(pages)}.html")
        tab = chromium.new_page(viewport={"width": width, "height": height}, **options)
        tab.on("console", lambda m: noise.append(m.text))
        tab.on("pageerror", lambda e: noise.append(str(e)))
        tab.on("request", lambda r: noise.append(r.url) if not r.url.startswith((f"file://{tmp_path}", "data:")) else None)
        tab.goto(f"file://{path}{fragment}")
        pages.append(tab)
        return tab

    yield open_
    for tab in pages:
        tab.close()
    assert noise == []
