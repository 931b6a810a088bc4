"""In both languages, the documentation's code runs, its examples print what they show, and its links work."""

from __future__ import annotations

import doctest
import re
import runpy
import sys
import warnings
from pathlib import Path

import pytest

import tinygrad_edu as tg

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(p for p in DOCS.rglob("*.md") if "reference/api" not in p.as_posix())


def blocks(path: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", path.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("page", [p for p in PAGES if blocks(p, "python")], ids=lambda p: p.relative_to(DOCS).as_posix())
def test_the_code_of_a_page_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    needs = {"machines": "mpi4py", "scikit-learn": "sklearn"}
    if page.stem in needs:
        pytest.importorskip(needs[page.stem])
    monkeypatch.chdir(tmp_path)
    script = tmp_path / "page.py"
    script.write_text("\n".join(blocks(page, "python")), encoding="utf-8")
    tg.manual_seed(0)
    runpy.run_path(str(script))


@pytest.mark.parametrize("page", [p for p in PAGES if blocks(p, "pycon")], ids=lambda p: p.relative_to(DOCS).as_posix())
def test_a_session_prints_what_the_page_shows(page: Path) -> None:
    text = "\n".join(blocks(page, "pycon"))
    test = doctest.DocTestParser().get_doctest(text, {}, page.name, str(page), 0)
    assert len(test.examples) > 5
    said: list[str] = []
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE).run(test, out=said.append)
    assert result.failed == 0, "".join(said)


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(DOCS).as_posix())
def test_every_link_within_the_repository_leads_to_a_file(page: Path) -> None:
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    links = [link.partition("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in link]
    missing = [link for link in links if link and "reference/api/" not in link and not (page.parent / link).exists()]
    assert missing == []


@pytest.mark.parametrize(("page", "lesson"), [("lessons.md", "lesson"), ("lessons.ko.md", "lesson.ko")])
def test_the_list_of_lessons_has_all_of_them_in_order(page: str, lesson: str) -> None:
    listed = re.findall(
        rf"^\.\./examples/lessons/(\w+)/{re.escape(lesson)}$", (DOCS / page).read_text(encoding="utf-8"), re.MULTILINE
    )
    assert listed == sorted(p.name for p in (ROOT / "examples" / "lessons").iterdir() if p.is_dir())


def test_the_glossaries_have_the_same_words() -> None:
    english, korean = ((DOCS / name).read_text(encoding="utf-8") for name in ("glossary.md", "glossary.ko.md"))
    words = re.findall(r"^(.+) \((.+)\)\n:", english, re.MULTILINE)
    assert len(words) > 30
    for word, _ in words:
        names = word.split(", ")
        assert any(re.search(rf"[(, ]{re.escape(name)}[,)]", korean) for name in names), word


def test_the_glossaries_point_to_the_same_lessons() -> None:
    english, korean = ((DOCS / name).read_text(encoding="utf-8") for name in ("glossary.md", "glossary.ko.md"))
    of = re.compile(r"lessons/(\w+)/lesson")
    assert sorted(of.findall(english)) == sorted(of.findall(korean))


@pytest.mark.parametrize("page", [p for p in PAGES if p.name.endswith(".ko.md")], ids=lambda p: p.name)
def test_a_korean_page_is_korean_and_has_the_english_pages_code(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert len(re.findall("[가-힣]", text)) > 100
    english = page.with_name(page.name.replace(".ko.md", ".md"))

    def code(path: Path) -> list[str]:
        return [re.sub(r"#.*|\"[^\"]*\"", "", line).rstrip() for block in blocks(path, "python") for line in block.splitlines()]

    assert code(page) == code(english)


# --- docstrings as the reference shows them ---


@pytest.mark.parametrize(
    ("lines", "shown"),
    [
        (["y = `a` * b_"], ["y = \\ ``a``\\  \\* b\\_"]),
        (
            ["    x      a number", "           of rows", "    lr, w  rates"],
            ["``x``", "   a number of rows", "``lr, w``", "   rates"],
        ),
        (
            ["lr     the rate, in", "       [0, 1)", "maximize, foreach", "         uphill: g ← −g", "Source: Polyak, 1964."],
            ["``lr``", "   the rate, in [0, 1)", "``maximize, foreach``", "   uphill: g ← −g", "Source: Polyak, 1964."],
        ),
        (["v ← v + g        w ← w − v"], [".. code-block:: text", "   :class: formula", "", "   v ← v + g        w ← w − v"]),
        ([">>> 1 + 1", "2"], [".. code-block:: pycon", "", "   >>> 1 + 1", "   2"]),
        (["Rates fall.", "Source: Polyak, 1964."], ["| Rates fall.", "| Source: Polyak, 1964."]),
        (["- one", "- two"], ["- one", "- two"]),
    ],
)
def test_a_docstring_is_rendered_as_it_is_written(lines: list[str], shown: list[str]) -> None:
    sys.path.insert(0, str(DOCS / "_ext"))
    try:
        from plain_docstrings import convert  # type: ignore[import-not-found]
    finally:
        sys.path.remove(str(DOCS / "_ext"))
    assert [line for line in convert(lines) if line] == [line for line in shown if line]


# --- the reference: its names ---


@pytest.fixture(scope="module")
def names() -> list[object]:
    sys.path.insert(0, str(DOCS / "_ext"))
    try:
        from public_names import all_names  # type: ignore[import-not-found]

        return list(all_names())
    finally:
        sys.path.remove(str(DOCS / "_ext"))


def test_every_public_name_is_in_the_reference_once(names: list[object]) -> None:
    paths = [path for name in names for path in (name.path, *name.aliases)]  # type: ignore[attr-defined]
    assert len(paths) == len(set(paths))
    known = set(paths)
    parts = [tg.autograd, tg.nn, tg.nn.functional, tg.nn.init, tg.nn.utils, tg.nn.utils.rnn, tg.optim, tg.optim.lr_scheduler]
    parts += [tg.data, tg.train, tg.viz, tg.distributed, tg.func, tg.utils.data]
    listed = {f"{part.__name__}.{n}" for part in parts for n in part.__all__ if not hasattr(getattr(part, n), "__path__")}
    listed = {path for path in listed if type(_at(path)).__name__ != "module"}
    assert listed - known == set()
    ops = {name for part in vars(tg.ops).values() if type(part).__name__ == "module" for name in getattr(part, "__all__", ())}
    assert {f"tinygrad_edu.{name}" for name in ops if hasattr(tg, name)} - known == set()


def _at(path: str) -> object:
    value: object = tg
    for part in path.split(".")[1:]:
        value = getattr(value, part)
    return value


def test_every_name_has_a_docstring_and_a_source_location(names: list[object]) -> None:
    from public_names import source

    silent = [n.path for n in names if callable(n.value) and not (getattr(n.value, "__doc__", None) or "").strip()]  # type: ignore[attr-defined]
    assert silent == []
    homeless = [n.path for n in names if source(*n.path.rsplit(".", 1)) is None]  # type: ignore[attr-defined]
    assert homeless == []


def test_the_rule_that_a_page_shows_is_the_ops_line_in_the_source(names: list[object]) -> None:
    from public_names import rule

    assert (rule("tinygrad_edu", "tanh") or "").startswith("tanh = primitive(np.tanh, lambda g, y, x: g * (1 - y * y)")
    shown = [n.path for n in names if rule(*n.path.rsplit(".", 1))]  # type: ignore[attr-defined]
    assert len(shown) > 30
