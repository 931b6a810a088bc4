"""A test with a parameter `hostile` runs once for each name that has broken drawing tools."""

import pytest

HOSTILE = [
    "<lambda>", "</script>", "]]>", "&amp;", "C:\\new\\", "\\N", "{a|b}", '"quoted"', "it's", "two\nlines", "tab\there",
    "line\u2028separator", "손실", "🙂", "e\u0301", "\u202eright to left", "bell\x07", "nul\x00", "red\x1b[31m", "\x9b2J",
    "lone \ud800 surrogate", "%s %d",
    "x" * 10_000, " ", "", "--", "-->", "a;b#c", "`code`", "$math$",
]  # fmt: skip


@pytest.fixture(scope="session")
def hostile_names():
    """All of them at once, for a parser that is slow to start."""
    return HOSTILE


def pytest_generate_tests(metafunc):
    if "hostile" in metafunc.fixturenames:
        metafunc.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
