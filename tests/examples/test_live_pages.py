"""Each lesson opens its live page, in both languages, with its own settings."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import tinygrad_edu as tg
from tinygrad_edu.viz.play import training_page
from tinygrad_edu.viz.render.page_template import fill

from ..scripts import script

EXAMPLES = Path(__file__).parents[2] / "examples"
LESSONS = sorted(path for path in (EXAMPLES / "lessons").iterdir() if path.is_dir())
PLACES = [(lesson, name) for lesson in LESSONS for name in ("live.html", "live.ko.html")]
live_pages = script("write_live_pages")


def test_every_lesson_has_a_preset() -> None:
    assert sorted(live_pages.PRESETS) == [lesson.name for lesson in LESSONS]


@pytest.mark.parametrize(("lesson", "name"), PLACES, ids=str)
def test_the_text_links_to_its_page_and_asks_for_a_prediction_first(lesson: Path, name: str) -> None:
    korean = name == "live.ko.html"
    assert (lesson / name).read_text("utf-8") == live_pages.opener(lesson.name, "ko" if korean else "en")
    text = (lesson / ("lesson.ko.md" if korean else "lesson.md")).read_text("utf-8")
    part = text.partition("## 먼저 예상하기" if korean else "## Predict first")[2].partition("\n## ")[0]
    assert f"]({name})" in part
    assert part.count("\n- ") == 2


@pytest.mark.parametrize("name", ["race.html", "playground.html"])
def test_the_pages_are_small_and_fetch_nothing(name: str) -> None:
    page = (EXAMPLES / "live" / name).read_text("utf-8")
    assert len(page.encode()) < 250_000
    assert "default-src 'none'" in page


@pytest.mark.parametrize("name", ["race.html", "playground.html"])
def test_the_pages_use_the_packages_scripts(name: str) -> None:
    page = (EXAMPLES / "live" / name).read_text("utf-8")
    viz = Path(tg.__file__).parent / "viz"
    race = [viz / "render" / "line_chart.js", viz / "render" / "time_controls.js", *(viz / "racing").glob("*.js")]
    scripts = race if name.startswith("race") else [viz / "play" / "page" / script for script in training_page.SCRIPTS]
    old = [script.name for script in scripts if fill(script.read_text("utf-8"), {}).strip() not in page]
    assert old == [], "run python tools/write_live_pages.py"


STATE = {
    "race": "() => ({ rules: lanes.filter(l => l.on).map(l => l.name), finite: runs.every(r => Number.isFinite(r.loss[0])),"
    " inside: Math.abs(py(state.start[1]) - 280) <= 280, text: document.documentElement.lang })",
    "playground": "() => ({ rules: lanes.map(l => l.rule), finite: true, inside: true, text: language })",
}


@pytest.mark.slow
@pytest.mark.parametrize(("lesson", "name"), PLACES, ids=str)
def test_the_page_opens_with_the_settings_of_the_lesson(lesson: Path, name: str, chromium: Any) -> None:
    page, fragment = live_pages.PRESETS[lesson.name]
    noise: list[str] = []
    tab = chromium.new_page()
    tab.on("console", lambda message: noise.append(message.text))
    tab.on("pageerror", lambda error: noise.append(str(error)))
    tab.goto((lesson / name).as_uri())
    tab.wait_for_url(re.compile(r"/live/[\w.]+\.html#"))
    tab.wait_for_selector("#play")
    state = tab.evaluate(STATE[page])
    rules = fragment.partition("rules=")[2] or fragment.partition("lanes=")[2]
    names = rules.partition("&")[0].replace("~", ":").replace("*", ",").split(",")
    assert state["rules"] == [name.partition(":")[0] for name in names]
    assert state["finite"]
    assert state["inside"]
    assert state["text"] == ("ko" if name == "live.ko.html" else "en")
    tab.close()
    assert noise == []
