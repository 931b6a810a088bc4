"""Korean: when it is used, that no text is left untranslated, and that errors stay English."""

from __future__ import annotations

import ast
import gettext
import re
import runpy
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import _language, nn, optim, train, viz
from tinygrad_edu._language import language, translate

ROOT = Path(__file__).parents[1]
CATALOG = Path(_language.FOLDER) / "ko" / "LC_MESSAGES" / "tinygrad_edu.po"
BRACES = re.compile(r"\{[^{}]*\}")
LEFT_AS_THEY_ARE: set[str] = set()  # texts that are the same in both languages


@pytest.fixture
def korean(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TINYGRAD_EDU_LANG", "ko")


def hangul(text: str) -> bool:
    return re.search("[가-힣]", text) is not None


def entries() -> dict[str, str]:
    """The catalog, read without Babel: text -> translation."""
    found: dict[str, str] = {}
    for block in CATALOG.read_text(encoding="utf-8").split("\n\n"):
        text, sep, translation = block.partition("\nmsgstr ")
        if sep:
            original = "".join(map(ast.literal_eval, re.findall(r'^(?:msgid )?(".*")$', text, re.MULTILINE)))
            found[original] = "".join(map(ast.literal_eval, re.findall(r'^(".*")$', translation, re.MULTILINE)))
    return {text: translation for text, translation in found.items() if text}


# --- the catalog ---


@pytest.fixture(scope="module")
def texts() -> list[str]:
    path = ROOT / ".ci" / "messages"
    if not path.exists():
        pytest.skip("needs the source")
    found: list[str] = runpy.run_path(str(path))["texts"]()
    return found


def test_every_text_is_translated_and_no_translation_is_left_over(texts: list[str]) -> None:
    assert len(texts) > 150
    assert set(texts) == set(entries())
    assert [text for text, translation in entries().items() if not translation.strip()] == []


def test_a_translation_is_korean_and_fills_the_same_braces() -> None:
    for text, translation in entries().items():
        assert sorted(set(BRACES.findall(text))) == sorted(set(BRACES.findall(translation))), text
        assert (
            hangul(translation)
            or text in LEFT_AS_THEY_ARE
            or not re.search("[a-z]{3}", BRACES.sub("", text))
            or text == " and "
        )


def test_the_compiled_catalog_has_the_same_texts() -> None:
    with CATALOG.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    assert {text: compiled.gettext(text) for text in entries()} == entries()


# --- which language ---


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"TINYGRAD_EDU_LANG": "ko"}, "ko"),
        ({"TINYGRAD_EDU_LANG": "ko_KR.UTF-8"}, "ko"),
        ({"TINYGRAD_EDU_LANG": "en", "LANG": "ko_KR.UTF-8"}, "en"),
        ({"TINYGRAD_EDU_LANG": "fr"}, "en"),
        ({"LANG": "ko_KR.UTF-8"}, "ko"),
        ({"LC_ALL": "C.UTF-8", "LANG": "ko_KR.UTF-8"}, "en"),
        ({"LANGUAGE": "ko:en", "LANG": "en_US.UTF-8"}, "ko"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({}, "en"),
    ],
)
def test_the_variable_comes_before_the_locale(
    variables: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("TINYGRAD_EDU_LANG", *_language.VARIABLES):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(_language.locale, "getlocale", lambda: (None, None))
    assert language() == expected
    assert translate("gradient") == {"ko": "기울기", "en": "gradient"}[expected]


def test_windows_names_the_locale_by_its_language(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TINYGRAD_EDU_LANG", *_language.VARIABLES):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(_language.locale, "getlocale", lambda: ("Korean_Korea", "949"))
    assert language() == "ko"


@pytest.mark.usefixtures("korean")
def test_a_text_that_is_not_in_the_catalog_is_not_changed() -> None:
    assert translate("no such text") == "no such text"
    assert translate("") == ""


# --- what is translated ---


def broken_loop() -> list[Any]:
    tg.manual_seed(0)
    X, y = tg.randn(8, 2), tg.randn(8)
    model = nn.Sequential(nn.Linear(2, 4), nn.Dropout(0.5), nn.Linear(4, 1))
    opt = optim.SGD(model.parameters(), lr=0.1)
    kept = []
    with warnings.catch_warnings(), train.lint() as report:
        warnings.simplefilter("ignore")
        for _ in range(6):
            loss = nn.MSELoss()(model(X), y)
            loss.backward()
            opt.step()
            kept.append(loss)
        with tg.no_grad():
            model(X)
        nn.CrossEntropyLoss()(tg.randn(3, 2, requires_grad=True).softmax(1), tg.tensor([0, 1, 0]))
        nn.MSELoss()(model(X)[:, 0], tg.ones(8, dtype=tg.int64))
    return list(report.findings)


@pytest.mark.usefixtures("korean")
def test_the_linter_reports_in_korean_and_keeps_the_names_of_its_rules() -> None:
    findings = broken_loop()
    assert {f.rule for f in findings} >= {"shapes", "zero_grad", "train-mode", "double-softmax", "target-dtype"}
    for finding in findings:
        assert hangul(finding.why), finding
        assert hangul(finding.do), finding
        assert str(finding).startswith(f"{finding.rule}: ")


def test_the_same_loop_in_english_has_no_korean() -> None:
    assert not any(hangul(str(finding)) for finding in broken_loop())


def broken_graphs() -> list[Any]:
    tg.manual_seed(0)
    x = tg.tensor([[-1.0, 2.0], [0.0, 1.0]], requires_grad=True)
    with np.errstate(all="ignore"):
        no_log = viz.graph(x.log().sum())
        at_zero = (x * 0).sqrt().sum()
        at_zero.backward()
    dead = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 1))
    with tg.no_grad():
        dead[0].bias.fill_(-100.0)
    out = dead(tg.randn(64, 2))
    table = ((out[:, 0] - tg.randn(64, 1)) ** 2).mean()
    unused = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
    detached = unused[1](unused[0](tg.ones(1, 2)).detach()).sum()
    deep = nn.Sequential(*[part for _ in range(14) for part in (nn.Linear(4, 4), nn.Sigmoid())])
    small = deep(tg.randn(4, 4)).sum()
    small.backward()
    mixed = tg.zeros(2, requires_grad=True) * tg.zeros(2, dtype=tg.float64)
    graphs = [no_log, viz.graph(at_zero), viz.graph(out.sum(), dead), viz.graph(table), viz.graph(detached, unused)]
    return [finding for g in [*graphs, viz.graph(small, deep), viz.graph(mixed.sum())] for finding in g.findings]


@pytest.mark.usefixtures("korean")
def test_the_findings_of_a_graph_are_korean() -> None:
    findings = broken_graphs()
    kinds = {f.what for f in findings}
    assert kinds >= {"NaN appears", "dead ReLU", "broadcast", "vanishing gradient", "float64"}
    assert any(kind in kinds for kind in ("path cut", "path cut?", "unused parameters"))
    for finding in findings:
        assert hangul(str(finding).partition(":")[0]), finding  # the title
        assert hangul(finding.why), finding
        assert hangul(finding.do), finding


def written(page: str) -> str:
    """What a page shows when scripts are off: its text without tags, scripts and styles."""
    return re.sub(r"<(script|style).*?</\1>|<[^>]*>", " ", page, flags=re.DOTALL)


@pytest.mark.usefixtures("korean")
def test_a_graphs_page_has_korean_controls(tmp_path: Path) -> None:
    x = tg.tensor([1.0, 2.0], requires_grad=True)
    page = Path(viz.graph((x * x).sum()).save(tmp_path / "graph.html")).read_text(encoding="utf-8")
    assert '<html lang="ko"' in page
    for text in ("한 단계 앞으로 (오른쪽 화살표)", "글로 본 그래프", "만들어진 방법", "순전파", "사용법"):
        assert text in page
    assert "{{" not in page
    for text in ("The graph as text", "How to use this page", "Findings"):
        assert text in page  # the keys of its translations
        assert text not in written(page)


@pytest.mark.usefixtures("korean")
def test_a_races_page_has_korean_controls(tmp_path: Path) -> None:
    path = viz.race(("SGD",), steps=5, lr=0.01).save(tmp_path / "race.html")
    page = Path(path).read_text(encoding="utf-8")
    assert '<html lang="ko"' in page
    assert "재생" in page
    assert "옵티마이저 경주" in page
    assert "{{" not in page
    assert not re.search("Play|arrow", written(page))


@pytest.mark.usefixtures("korean")
def test_errors_stay_english() -> None:
    with pytest.raises(ValueError, match="in_features") as error:
        nn.Linear(3, 4)(tg.zeros(2, 5))
    assert not hangul(str(error.value))
