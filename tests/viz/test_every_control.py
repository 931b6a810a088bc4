"""Every kind of control of every page is used by mouse, keyboard and touch, in both languages and themes, wide and narrow."""

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn, optim, train, viz

playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright to drive a browser")

# Every two values from different columns (how, language, theme, width) occur together in some row.
WAYS = [
    ("mouse", "en", "light", 1280), ("mouse", "ko", "dark", 380), ("keyboard", "ko", "light", 1280),
    ("keyboard", "en", "dark", 380), ("touch", "en", "dark", 1280), ("touch", "ko", "light", 380),
]  # fmt: skip
SMALLEST = 40  # pixels, for a control that a finger presses


def comparison():
    runs = {}
    for name, factor in (("SGD", 0.9), ("Adam", 0.7), ("Nadam", 1.1)):
        history = runs[name] = train.History()
        for k in range(12):
            history.epoch({"loss": factor**k, "val_loss": 1.2 * factor**k, "lr": 0.1, "seconds": 0.1})
            for key, value in (("loss", factor**k), ("lr", 0.1), ("grad_norm", 1.0), ("seconds", 0.1 * k)):
                history.steps[key].append(value)
    return viz.compare(runs)


def replay():
    tg.manual_seed(0)
    X, y = tg.data.moons(60)
    model = nn.Sequential(nn.Linear(2, 6), nn.ReLU(), nn.Linear(6, 1))
    with tg.no_grad():
        model[0].bias[:5] = -100.0  # dead: a finding
    rule = optim.Adam(model.parameters(), lr=0.05)
    return train.fit(
        model, X, y, loss="binary_crossentropy", optimizer=rule, epochs=5, progress=False, record=train.Recorder()
    ).replay()


def race():
    return viz.race(["SGD", "Momentum", "RMSprop", "Adam"], "quadratic", steps=20, lr=0.05, rates=[0.01, 0.05, 10.0])


def graph():
    tg.manual_seed(0)
    model = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))
    loss = (model(tg.randn(4, 2)) * float("nan")).sum()
    loss.backward()
    return viz.graph(loss, model=model)


def steps():
    tg.manual_seed(0)
    model, x, y = nn.Linear(2, 1), tg.randn(4, 2), tg.randn(4, 1)
    return viz.step_through(model, nn.MSELoss(), optim.Adam(model.parameters(), lr=0.1), [(x, y)] * 2)


def program():
    tg.manual_seed(0)
    net, x = nn.Linear(2, 1), tg.randn(4, 2)
    step = tg.compile(tg.no_grad()(lambda x: net(x).tanh()))
    step(x)
    return viz.program(step, x)


PAGES = {  # name -> (function that makes the page, minimum number of kinds of controls)
    "race": (race, 30), "playground": (viz.playground, 55), "replay": (replay, 7), "comparison": (comparison, 20),
    "graph": (graph, 20), "steps": (steps, 3), "program": (program, 5),
}  # fmt: skip

# The controls that can be used now, as [name of the kind, driver]; those that differ only by a number are of one kind.
FIND = """() => {
  const DRIVERS = [
    ["file", "input[type=file]"], ["range", "input[type=range]"], ["check", "input[type=checkbox]"], ["select", "select"],
    ["field", "input[type=number], input[type=search], input[type=text], #guess"],
    ["button", "button, summary, [role=button]"], ["knob", "[role=slider]"], ["area", "canvas, pre, [tabindex]"],
  ];
  const USED = "button, input, select, textarea, summary, a[href], [role=button], [role=slider], [tabindex]";
  const label = e => e.ariaLabel || e.title || e.textContent || e.className.baseVal;
  const NUMBER = /[-−]?[0-9][0-9.]*(e[-−]?[0-9]+)?/g;
  const name = e => [e.tagName, e.id, e.closest("[id]")?.id, label(e)].join("|").replace(NUMBER, "0").slice(0, 120);
  const seen = e => e.checkVisibility({ visibilityProperty: true }) && e.getBoundingClientRect().width > 0;
  const usable = e => seen(e) && !e.disabled && !e.closest("[inert]") && e.getAttribute("tabindex") !== "-1";
  window.controls = [...(document.querySelector("dialog[open]") || document).querySelectorAll(USED)].filter(usable);
  return controls.map(e => [name(e), DRIVERS.find(([, selector]) => e.matches(selector))?.[0] ?? null]);
}"""


KEYS = {
    "range": ["Home", "ArrowRight", "End", "ArrowLeft"], "check": ["Space", "Space"], "button": ["Enter"],
    "field": ["Control+a", "1", "Enter"], "knob": ["ArrowRight", "Shift+ArrowUp"], "area": ["ArrowRight", "ArrowLeft"],
}  # fmt: skip


def drive(tab: Any, find: Callable[[], Any], kind: str, how: str) -> None:
    """Use a control as people do; each use may replace it, so it is looked up again."""
    if kind == "file":
        return find().set_input_files(
            {"name": "a.csv", "mimeType": "text/csv", "buffer": b"a,b,kind\n" + b"1,2,x\n3,1,y\n" * 4}
        )
    if kind == "select":
        for k in range(find().evaluate("s => Math.min(s.options.length, 12)")):  # its menu is the browser's own
            find().select_option(index=k)
        return None
    before = find().input_value() if kind == "field" else None
    if how == "keyboard":
        for key in KEYS[kind]:
            find().press(key)
        return find().fill(before) if kind == "field" else None
    press = "tap" if how == "touch" else "click"
    for share in {"range": (0.25, 0.9), "check": (0.5, 0.5)}.get(kind, (0.5,)):
        for attempts in range(4, -1, -1):
            control = find()
            box = control.bounding_box() or {"width": 1, "height": 1}  # None if it is gone
            try:
                getattr(control, press)(position={"x": share * box["width"], "y": box["height"] / 2}, timeout=5000)
                break
            except playwright.Error as error:  # a redraw shortly after the last change replaced it
                if "not attached" not in str(error) or not attempts:
                    raise
    if kind == "field":
        for key in KEYS[kind]:
            tab.keyboard.press(key)
        find().fill(before)
    return None


def use_all(tab: Any, how: str) -> Counter[str]:
    """Use one control of each kind, including those that appear meanwhile; return driver -> number of uses."""
    done: set[str] = set()
    used: Counter[str] = Counter()
    for _ in range(300):
        found = tab.evaluate(FIND)
        assert [name for name, kind in found if kind is None] == [], "no driver knows these"
        left = [(name, kind) for name, kind in found if name not in done]
        if not left:
            return used
        name, kind = min(left, key=lambda pair: "|language|" in pair[0])  # last, as it renames the others
        if "|language|" in name:
            return used
        done.add(name)

        def find(name: str = name) -> Any:
            number = [other for other, _ in tab.evaluate(FIND)].index(name)
            return tab.evaluate_handle("k => controls[k]", number).as_element()

        drive(tab, find, kind, how)
        tab.evaluate(
            "document.querySelector('#play[aria-pressed=true]')?.click()"
        )  # pause it: while a page plays, the controls wait for its frames
        tab.evaluate("() => new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
        used[kind] += 1
    raise AssertionError(f"there is no end of controls: {sorted(done)[-20:]}")


@pytest.mark.slow
@pytest.mark.parametrize(("how", "language", "theme", "width"), WAYS)
@pytest.mark.parametrize("name", PAGES)
def test_no_control_of_a_page_causes_an_error(name, how, language, theme, width, pages, shown):
    page, least = pages[name]
    touch = how == "touch"
    tab = shown(page, width=width, height=900, color_scheme=theme, has_touch=touch, fragment=f"#language={language}")
    assert tab.evaluate("document.documentElement.lang") == language
    if touch:
        assert small(tab) == []
    used = use_all(tab, how)
    tab.select_option("#language", "en" if language == "ko" else "ko")
    assert used.total() >= least, used
    assert tab.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.slow
def test_the_graph_inside_the_steps_follows_their_language_and_has_no_menu_of_its_own(pages, shown):
    tab = shown(pages["steps"][0], fragment="#language=ko")
    tab.wait_for_timeout(500)
    graph = tab.frames[1]
    for language, word in (("ko", "예측"), ("en", "predict")):
        tab.select_option("#language", language)
        tab.wait_for_timeout(300)
        assert graph.evaluate("document.documentElement.lang") == language
        assert word in graph.inner_text("footer")
        assert not graph.is_visible("#language")


PAPER = "getComputedStyle(document.body).backgroundColor"
INK = "getComputedStyle(document.querySelector('main text, main .tg text, text') || document.body).fill"


@pytest.mark.slow
@pytest.mark.parametrize("name", PAGES)
def test_the_theme_button_goes_through_the_themes_and_the_address_keeps_the_choice(name, pages, shown):
    page, _ = pages[name]
    light, dark = (shown(page, color_scheme=theme, fragment="#language=en") for theme in ("light", "dark"))
    papers = [tab.evaluate(PAPER) for tab in (light, dark)]
    texts = [tab.evaluate(INK) for tab in (light, dark)]
    assert papers[0] != papers[1]
    button = light.locator("#theme")
    for word, shows, kept in (("Light", 0, "light"), ("Dark", 1, "dark"), ("Auto", 0, None)):
        button.focus()
        light.keyboard.press("Enter")
        light.wait_for_timeout(250)  # the playground writes its address a moment later
        assert button.inner_text().endswith(f" {word}")
        assert button.get_attribute("aria-label") == button.get_attribute("title") == f"Theme: {word}"
        assert (light.evaluate(PAPER), light.evaluate(INK)) == (papers[shows], texts[shows])
        assert light.evaluate("new URLSearchParams(location.hash.slice(1)).get('theme')") == kept
    dark.click("#theme")
    assert (dark.evaluate(PAPER), dark.evaluate(INK)) == (papers[0], texts[0])
    dark.select_option("#language", "ko")
    assert dark.inner_text("#theme") == "☀ 밝게"
    assert dark.get_attribute("#theme", "aria-label") == "테마: 밝게"
    again = shown(page, fragment="#theme=dark&language=ko")
    assert (again.evaluate(PAPER), again.evaluate(INK)) == (papers[1], texts[1])
    assert again.inner_text("#theme") == "☾ 어둡게"


@pytest.mark.slow
def test_the_graph_inside_the_steps_has_their_theme_and_no_button_of_its_own(pages, shown):
    tab = shown(pages["steps"][0], color_scheme="light", fragment="#theme=dark")
    tab.wait_for_timeout(500)
    graph = tab.frames[1]
    assert graph.evaluate(PAPER) == "rgb(13, 17, 23)"
    tab.click("#theme")
    tab.wait_for_timeout(300)
    assert graph.evaluate(PAPER) == "rgb(255, 255, 255)"
    assert not graph.is_visible("#theme")


ENGLISH = re.compile(r"[A-Za-z]{2,} (?:the|of|is|a|to|and|are|at|with) [a-z]{2,}")  # sentences, not names and formulas


@pytest.mark.slow
@pytest.mark.parametrize("name", PAGES)
def test_the_language_of_a_page_can_be_changed_and_changed_back(name, pages, shown):
    page, _ = pages[name]
    tab = shown(page, fragment="#language=en")
    if name == "playground":
        while tab.evaluate("replayTimer"):
            tab.wait_for_timeout(50)
    tab.evaluate("document.querySelector('main#stage')?.remove()")  # the labels in a picture stay as they were drawn
    english = tab.inner_text("body")
    tab.select_option("#language", "ko")
    korean, title = tab.inner_text("body"), tab.title()
    assert not ENGLISH.search(korean), ENGLISH.findall(korean)
    assert len(re.findall("[가-힣]", korean)) > 20
    assert title == tab.inner_text("h1")
    tab.select_option("#language", "en")
    assert tab.inner_text("body") == english
    assert not re.search("[가-힣]", english.replace("한국어", ""))


def small(tab: Any) -> list[str]:
    """The controls that are too small for a finger; a label counts with its control, and the units in a network are exempt."""
    tab.evaluate(FIND)
    sizes = tab.evaluate("""() => controls.filter(e => !e.matches("canvas, pre, .scroll, svg *, .units *")).map(e => {
      const { offsetWidth, offsetHeight } = e.closest("label") || e;
      return [e.outerHTML.slice(0, 90), Math.min(offsetWidth, offsetHeight)];
    })""")
    return [text for text, size in sizes if size < SMALLEST]


@pytest.fixture(scope="module")
def pages():
    """The pages, each made once: language and theme are chosen in the browser."""

    class Made(dict[str, Any]):
        def __missing__(self, name):
            make, least = PAGES[name]
            self[name] = make(), least
            return self[name]

    return Made()


def test_a_page_is_painted_in_the_colors_of_its_theme(shown):
    papers = []
    for theme in ("light", "dark"):
        tab = shown(replay(), color_scheme=theme)
        papers.append(tab.evaluate("getComputedStyle(document.querySelector('.card')).backgroundColor"))
        middle = "(() => { const c = $('plane'); return [...c.getContext('2d').getImageData(2, 2, 1, 1).data].slice(0, 3); })()"
        papers.append(tab.evaluate(middle))
    assert papers[0] == "rgb(255, 255, 255)"
    assert papers[2] == "rgb(22, 27, 34)"
    assert np.sum(papers[1]) > np.sum(papers[3])
