"""Every control of the pages is used by mouse or touch, in both languages and themes, wide and narrow: nothing goes wrong."""

import os

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn, optim, train, viz

WAYS = [("en", "light", 1280, False), ("ko", "dark", 380, True)]


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
    model = nn.MLP([2, 6, 1])
    rule = optim.Adam(model.parameters(), lr=0.05)
    return train.fit(
        model, X, y, loss="binary_crossentropy", optimizer=rule, epochs=5, progress=False, record=train.Recorder()
    ).replay()


def race():
    return viz.race(["SGD", "Momentum", "RMSprop", "Adam"], "quadratic", steps=20, lr=0.05, rates=[0.01, 0.05, 10.0])


def use_all(tab, touch):
    """Use each visible control once; return how many there were."""
    press = (lambda control: control.tap()) if touch else (lambda control: control.click())
    used = 0
    for select in tab.locator("select").all():
        for value in select.locator("option").evaluate_all("os => os.map(o => o.value)"):
            if select.is_visible():
                select.select_option(value)
                used += 1
    for slider in tab.locator("input[type=range]").all():
        if slider.is_visible():
            low, high = (float(slider.get_attribute(end)) for end in ("min", "max"))
            for value in (high, low, (low + high) / 2):
                slider.evaluate("(s, v) => { s.value = v; s.dispatchEvent(new Event('input', { bubbles: true })); }", value)
            used += 1
    for field in tab.locator("input[type=number], input[type=search], input[type=text]").all():
        if field.is_visible():
            before = field.input_value()
            field.fill("1" if field.get_attribute("type") == "number" else "x")
            field.press("Enter")
            field.fill(before)
            field.press("Enter")
            used += 1
    for control in [*tab.locator("input[type=checkbox]").all(), *tab.locator("button, summary, [role=button]").all()]:
        if control.is_visible():
            control.scroll_into_view_if_needed()
            press(control)
            tab.wait_for_timeout(60)  # parts that it redraws a moment later
            used += 1
    tab.wait_for_timeout(150)
    return used


@pytest.mark.slow
@pytest.mark.parametrize(("language", "theme", "width", "touch"), WAYS, ids=["mouse", "touch"])
@pytest.mark.parametrize(("make", "least"), [(comparison, 20), (replay, 5), (race, 25)], ids=["comparison", "replay", "race"])
def test_no_control_of_a_page_causes_an_error(make, least, language, theme, width, touch, shown, monkeypatch):
    monkeypatch.setitem(os.environ, "TINYGRAD_EDU_LANG", language)
    tab = shown(make(), width=width, height=900, color_scheme=theme, has_touch=touch)
    assert use_all(tab, touch) >= least
    assert tab.evaluate("document.documentElement.lang") == language
    assert tab.evaluate("document.documentElement.scrollWidth") <= width


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
