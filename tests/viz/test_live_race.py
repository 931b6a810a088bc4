"""The race's page: its printed rules and surfaces compute the same as Python, and its controls work."""

import json
import math
import re

import numpy as np
import pytest

import tinygrad_edu as tg
from tests.program import javascript_engine as engine
from tinygrad_edu import nn, optim, viz
from tinygrad_edu.viz.racing.player_programs import parts

RACES = ["quadratic", "beale", "rosenbrock", "himmelblau", "saddle", "rastrigin", "plateau"]


def scripts(page):
    """The programs and the engine of a page, without the code that needs a document."""
    script = re.findall(r"<script>\n(.*?)\n</script>", page, re.DOTALL)[0]
    script = re.sub(r"// Light or dark, as set in the system.*?(?=// Axes with round numbers)", "", script, flags=re.DOTALL)
    return "function addEventListener() {}\n" + script.split('document.documentElement.classList.add("scripted");')[0].replace(
        '"use strict";', ""
    )


def data_of(page):
    return json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)[1])


RUN = """
  const lanes = data.lanes.map((lane, k) => ({ lane, k })).filter(({ lane }) => lane.rule !== null), out = {};
  for (const { lane, k } of lanes) {
    const rule = RULES[lane.rule], condition = data.surfaces[0].condition, f = SURFACES[0];
    const surface = { ...data.surfaces[0], f: (x, y) => f(x, y, condition) };
    const whole = runRule(rule, {}, surface, data.start, data.steps);
    const { path, gradient, remembered } = data.python[k], names = rule.buffers.map(b => b.name), singles = [];
    for (let i = 0; i < gradient.length; i++) {  // one step from where Python was
      const w = Float64Array.from(path[i]), options = { ...rule.options, t: i + 1 };
      const first = b => new Float64Array(2).fill(b.start ? options[b.start] : 0);
      const state = rule.buffers.map(b => i && remembered[b.name] ? Float64Array.from(remembered[b.name][i - 1]) : first(b));
      const [, dx, dy] = surface.f(w[0], w[1]);
      rule.update(w, Float64Array.of(dx, dy), state, options);
      singles.push([w[0], w[1], dx, dy]);
    }
    out[lane.name] = { ...whole, singles };
  }
  return out;
"""


def compared(race):
    """name -> (the result of the page's engine, the lane)."""
    page = race.html()
    python = [
        {"path": lane.path.tolist(), "gradient": lane.gradient.tolist(),
         "remembered": {k: v.tolist() for k, v in lane.remembered.items()}} for lane in race.lanes
    ]  # fmt: skip
    found = engine.run(scripts(page) + RUN, {**data_of(page), "python": python})
    return {lane.name: (found[lane.name], lane) for lane in race.lanes}


@pytest.mark.parametrize("surface", RACES)
def test_every_rule_takes_pythons_steps_on_every_surface(surface):
    for name, (found, lane) in compared(viz.race(surface=surface, steps=60, lr=0.02, rates=[0.02])).items():
        scale = np.abs(lane.gradient).max()
        singles = np.array(found["singles"])
        np.testing.assert_allclose(singles[:, 2:], lane.gradient, rtol=1e-12, atol=1e-13 * scale, err_msg=name)
        np.testing.assert_allclose(singles[:, :2], lane.path[1:], rtol=1e-11, atol=1e-12, err_msg=name)
        # a whole run may be chaotic, so that rounding errors grow; its beginning is the same
        np.testing.assert_allclose(found["path"][:12], lane.path[:12], rtol=1e-9, atol=1e-9, err_msg=name)
        assert len(found["path"]) == len(lane.path) or surface in ("beale", "rastrigin", "rosenbrock")


def test_whole_runs_agree_with_python_where_rounding_errors_do_not_grow():
    for name, (found, lane) in compared(viz.race(surface="quadratic", steps=200, lr=0.01)).items():
        np.testing.assert_allclose(found["path"], lane.path, rtol=1e-9, atol=1e-12, err_msg=name)
        np.testing.assert_allclose(found["loss"], lane.loss, rtol=1e-9, atol=1e-12, err_msg=name)
        for key, rows in lane.remembered.items():
            np.testing.assert_allclose(found["remembered"][key], rows, rtol=1e-9, atol=1e-12, err_msg=name)


def test_options_of_a_lane_are_in_the_page_and_rules_that_cannot_be_printed_run_in_python():
    rules = {
        "keras": lambda p, lr: optim.Adagrad(p, lr=lr, initial_accumulator_value=0.1, eps=1e-7),
        "pytorch": lambda p, lr: optim.Adagrad(p, lr=lr, eps_in_sqrt=False),
        "nesterov": lambda p, lr: optim.SGD(p, lr=lr, momentum=0.8, nesterov=True),
        "heavy": lambda p, lr: optim.SGD(p, lr=lr, momentum=0.7, dampening=0.2),
        "centered": lambda p, lr: optim.RMSprop(p, lr=lr, centered=True, momentum=0.3),
        "betas": lambda p, lr: optim.Adam(p, lr=lr, betas=(0.5, 0.7), amsgrad=True),
    }
    for name, (found, lane) in compared(viz.race(rules, "quadratic", steps=40, lr=0.05)).items():
        np.testing.assert_allclose(found["path"], lane.path, rtol=1e-9, atol=1e-11, err_msg=name)
    decayed = {"decayed": lambda p, lr: optim.SGD(p, lr=lr, weight_decay=0.1), "plain": lambda p, lr: optim.SGD(p, lr=lr)}
    race = viz.race(decayed, "quadratic", steps=5, lr=0.05)
    first, second = data_of(race.html())["lanes"]
    assert (first["rule"], second["rule"]) == (None, 1)
    np.testing.assert_allclose(first["run"]["path"], race.lanes[0].path, rtol=1e-5)


FUNCTIONS = {
    "x² + y^2/2": lambda x, y: x**2 + y**2 / 2,
    "x**4 - 3 x y + .5y³": lambda x, y: x**4 - 3 * x * y + 0.5 * y**3,
    "-x^2 + 2e-1 y": lambda x, y: -(x**2) + 0.2 * y,
    "sin(3x) cos(y) + exp(-x*y)": lambda x, y: np.sin(3 * x) * np.cos(y) + np.exp(-x * y),
    "sqrt(x^2+y^2+1) · ln(4 + x)": lambda x, y: np.sqrt(x**2 + y**2 + 1) * np.log(4 + x),
    "tanh(x)/(1 + abs(y)) − π": lambda x, y: np.tanh(x) / (1 + np.abs(y)) - math.pi,
    "2^(-x) + tan(y/4)": lambda x, y: 2 ** (-x) + np.tan(y / 4),
    "(x + 1)(y - 2)": lambda x, y: (x + 1) * (y - 2),
    "2(x - y)² - e": lambda x, y: 2 * (x - y) ** 2 - math.e,
}
PARTS = f"const PARTS = {parts()};"


def test_a_typed_function_has_the_value_and_the_gradient_of_the_engine():
    points = np.random.default_rng(0).uniform(-1.5, 1.5, (6, 2)).tolist()
    page = scripts(viz.race(["SGD"], steps=2, lr=0.1).html())
    script = page + "return data.texts.map(text => data.points.map(([x, y]) => parseFunction(text)(x, y)));"
    answers = engine.run(script, {"texts": list(FUNCTIONS), "points": points})
    for (text, f), rows in zip(FUNCTIONS.items(), answers, strict=True):
        for point, row in zip(points, rows, strict=True):
            x, y = (tg.tensor(v, dtype=tg.float64, requires_grad=True) for v in point)
            value = f(x, y)
            value.backward()
            gradient = [0.0 if v.grad is None else v.grad.item() for v in (x, y)]
            np.testing.assert_allclose(row, [value.item(), *gradient], rtol=1e-12, atol=1e-14, err_msg=text)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", 1),
        ("x +", 4),
        ("x + z", 5),
        ("sin x", 5),
        ("(x", 3),
        ("x ) y", 3),
        ("x $ y", 2),
        ("add(x)", 1),
        ("constructor", 1),
        ("x + toString(y)", 5),
        ("hasOwnProperty(x)", 1),
        ("valueOf", 1),
        ("(" * 3000 + "x", 401),
        ("-" * 3000 + "x", 401),
    ],
)
def test_a_syntax_error_is_reported_with_its_position(text, place):
    page = scripts(viz.race(["SGD"], steps=2, lr=0.1).html())
    script = "try { parseFunction(data); return 'taken'; } catch (error) { return [error.name, +error.message]; }"
    assert engine.run(page + script, text) == ["SyntaxError", place]


@pytest.mark.parametrize(
    ("make", "options"),
    [
        (lambda p, lr: optim.SGD(p, lr=lr), {}),
        (lambda p, lr: optim.SGD(p, lr=lr, momentum=0.6), {"momentum": 0.6}),
        (lambda p, lr: optim.SGD(p, lr=lr, momentum=0.6, nesterov=True), {"momentum": 0.6, "nesterov": True}),
        (lambda p, lr: optim.Momentum(p, lr=lr, momentum=0.8), {"momentum": 0.8}),
        (lambda p, lr: optim.NAG(p, lr=lr, momentum=0.8), {"momentum": 0.8}),
    ],
)
def test_a_rule_converges_below_its_stable_rate_and_diverges_above_it(make, options):
    name = type(make([tg.tensor([1.0], requires_grad=True)], 0.1)).__name__
    page = scripts(viz.race(["SGD"], steps=2, lr=0.1).html())
    edge = engine.run(page + "return stabilityEdge(data[0], data[1]);", [name, options])
    start = {"start": (0.0, 1.0), "steps": 3000, "rates": [1.0]}
    below, above = (viz.race({"it": make}, viz.quadratic(4), lr=share * edge / 4, **start).lanes[0] for share in (0.99, 1.01))
    assert below.loss[-1] < 1e-3 * below.loss[0]
    assert above.loss[-1] > 1e3 * above.loss[0]


def test_a_slice_through_a_network_is_a_table_of_its_values_and_gradients():
    tg.manual_seed(0)
    X, y = tg.data.moons(20)
    model, X, y = nn.MLP([2, 3, 2], dtype=np.float64), tg.tensor(np.asarray(X, np.float64)), tg.tensor(y)
    surface = viz.loss_slice("slice", lambda: nn.CrossEntropyLoss()(model(X), y), model.parameters())
    race = viz.race(["SGD"], surface, steps=5, lr=0.5, rates=[0.5])
    page = race.html()
    data = data_of(page)
    np.testing.assert_allclose(data["lanes"][0]["run"]["path"], race.lanes[0].path, rtol=1e-5)
    points = np.random.default_rng(1).uniform(-1.1, 1.1, (8, 2)).tolist()
    script = scripts(page) + "const f = fromTable(data.known); return data.points.map(([x, y]) => f(x, y));"
    found = engine.run(script, {"known": data["surfaces"][0]["known"], "points": points})
    for point, row in zip(points, found, strict=True):
        value, gradient = surface.value_and_gradient(np.array(point))
        np.testing.assert_allclose(row, [value, *gradient], atol=0.02)


def test_a_surface_that_cannot_be_printed_has_the_run_that_python_computed():
    def kinked(x, y):
        positive = x > 0
        where = tg.where if isinstance(x, tg.Tensor) else np.where
        return where(positive, x * x, 3 * x * x) + y * y

    race = viz.race(["SGD"], kinked, steps=5, lr=0.1, rates=[0.1])
    data = data_of(race.html())
    assert "known" in data["surfaces"][0]
    np.testing.assert_allclose(data["lanes"][0]["run"]["path"], race.lanes[0].path, rtol=1e-5)


def test_the_page_fetches_nothing():
    html = viz.race(steps=100, lr=0.01).html()
    assert "default-src 'none'" in html
    assert "{{" not in html
    assert not re.search(r"""(src|href)\s*=|url\((?!#)|@import|https?://(?!www\.w3\.org)""", html.replace("default-src", ""))


@pytest.mark.slow
@pytest.mark.parametrize("surface", [*RACES, viz.quadratic(1000.0)], ids=[*RACES, "narrow"])
def test_the_page_of_every_surface_is_small(surface):
    assert len(viz.race(surface=surface).html().encode()) < 200_000


# --- in a browser ---


def valley(**options):
    return viz.race(["SGD", "Momentum", "Adam"], "quadratic", steps=30, lr=0.05, **options)


def test_the_start_is_dragged_and_moved_by_keys_and_the_paths_follow(shown):
    race = valley()
    tab = shown(race, height=1000)
    np.testing.assert_allclose(tab.evaluate("runs[1].path"), race.lanes[1].path, rtol=1e-9, atol=1e-12)
    box = tab.locator("#start").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    tab.mouse.move(x, y)
    tab.mouse.down()
    tab.mouse.move(x + 60, y + 40, steps=4)
    tab.mouse.up()
    tab.wait_for_timeout(60)
    start = tab.evaluate("state.start")
    assert start[0] > race.lanes[0].path[0, 0]
    assert start[1] < race.lanes[0].path[0, 1]
    again = viz.race(["SGD", "Momentum", "Adam"], "quadratic", steps=30, lr=0.05, start=tuple(start))
    for k, lane in enumerate(again.lanes):
        np.testing.assert_allclose(tab.evaluate(f"runs[{k}].path"), lane.path, rtol=1e-9, atol=1e-12)
    tab.focus("#start")
    tab.keyboard.press("ArrowRight")
    tab.wait_for_timeout(60)
    assert tab.evaluate("state.start[0]") == pytest.approx(start[0] + 0.16)
    tab.click("#reset")
    assert tab.evaluate("state.start") == pytest.approx(race.lanes[0].path[0].tolist())


def test_options_are_changed_by_slider_and_number_and_by_a_click_on_a_tried_rate(shown):
    tab = shown(valley(), height=1200)
    tab.click(".rule button:has-text('Momentum')")
    tab.locator(".option", has_text="momentum").locator("input[type=number]").fill("0.5")
    tab.keyboard.press("Enter")
    tab.locator("#name").click()
    tab.wait_for_timeout(60)
    again = viz.race({"m": lambda p, lr: optim.Momentum(p, lr=lr, momentum=0.5)}, "quadratic", steps=30, lr=0.05)
    np.testing.assert_allclose(tab.evaluate("runs[1].path"), again.lanes[0].path, rtol=1e-9, atol=1e-12)
    tab.locator(".option", has_text="learning rate").locator("input[type=range]").focus()
    tab.keyboard.press("ArrowLeft")
    tab.wait_for_timeout(60)
    assert tab.evaluate("lanes[1].options.lr") < 0.05
    tab.locator("#strip .dot[aria-label^='lr 0.01:']").click()
    tab.wait_for_timeout(60)
    assert tab.evaluate("lanes[1].options.lr") == 0.01
    assert tab.locator(".option", has_text="learning rate").locator("input[type=number]").input_value() == "0.01"
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    tab.wait_for_timeout(100)
    assert tab.evaluate("lanes[1].options.lr") == 0.022
    assert tab.evaluate("document.activeElement.getAttribute('aria-label')").startswith("lr 0.022:")  # the focus stays there
    tab.keyboard.press("Shift+Tab")
    tab.keyboard.press("Enter")
    tab.wait_for_timeout(100)
    again = viz.race({"m": lambda p, lr: optim.Momentum(p, lr=lr, momentum=0.5)}, "quadratic", steps=30, lr=0.01)
    assert tab.evaluate("finalLoss(runs[1])") == pytest.approx(again.lanes[0].final, rel=1e-9)


def test_plain_descent_shows_one_formula_with_its_numbers(shown):
    race = valley()
    tab = shown(race, fragment="#step=2&rule=SGD")
    lines = tab.locator("#formula div").all_inner_texts()
    assert lines[0] == "w ← w − lr · g"
    assert len(lines) == 3
    for line, before, g, after in zip(
        lines[1:], race.lanes[0].path[2], race.lanes[0].gradient[2], race.lanes[0].path[3], strict=True
    ):
        numbers = [
            float(n) for n in re.findall(r"-?[\d.]+(?:e-?\d+)?", line.replace("−", "-").split(":")[1].replace("- 0", "0"))
        ]
        np.testing.assert_allclose(numbers, [before, 0.05, g, after], rtol=1e-3)


def test_later_lines_of_a_formula_use_the_new_values_of_buffers(shown):
    rule = {"RMSprop": lambda p, lr: optim.RMSprop(p, lr=lr, momentum=0.9, eps=0.5)}
    race = viz.race(rule, "quadratic", steps=5, lr=0.05)
    lines = shown(race, fragment="#step=2").locator("#formula div").all_inner_texts()
    line = lines[lines.index("b ← momentum · b + g / (√v + eps)") + 1].replace("−", "-").replace("(", " ").replace(")", " ")
    momentum, b, g, v, eps, after = map(float, re.findall(r"-?[\d.]+(?:e-?\d+)?", line))
    lane = race.lanes[0]
    assert v == pytest.approx(lane.remembered["v"][2, 0], rel=1e-3)
    assert after == pytest.approx(momentum * b + g / (math.sqrt(v) + eps), rel=1e-2)


def test_the_condition_number_changes_the_valley_and_its_stable_rate(shown):
    tab = shown(valley(), height=1200)
    tab.fill("#condition", "2")
    tab.wait_for_timeout(60)
    assert tab.evaluate("surface.condition") == 100
    again = viz.race(["SGD"], viz.quadratic(100), steps=30, lr=0.05, start=tuple(tab.evaluate("state.start")))
    np.testing.assert_allclose(tab.evaluate("runs[0].path"), again.lanes[0].path, rtol=1e-9)
    assert "lr · λ < 2" in tab.inner_text("#edge")
    assert "5 along y" in tab.inner_text("#edge")
    assert "bad" in tab.get_attribute("#edge", "class")
    assert tab.locator("#strip .edge").count() == 1
    assert tab.inner_text("#title").startswith("quadratic, condition number 100")


def test_a_function_can_be_typed_and_its_errors_are_shown(shown):
    tab = shown(valley())
    tab.select_option("#surface", "text")
    tab.fill("#text", "x² + y² + x")
    tab.wait_for_timeout(60)
    assert tab.evaluate("surface.f(1, 2)") == [6, 3, 4]
    again = viz.race(["SGD"], lambda x, y: x * x + y * y + x, steps=30, lr=0.05, start=(-2.5, 2.5))
    np.testing.assert_allclose(tab.evaluate("runs[0].path"), again.lanes[0].path, rtol=1e-9)
    tab.fill("#text", "x² + z")
    tab.wait_for_timeout(60)
    assert "at character 6" in tab.inner_text("#fault")
    tab.select_option("#surface", label="Himmelblau")
    tab.wait_for_timeout(60)
    assert tab.inner_text("#fault") == ""
    assert tab.evaluate("surface.name") == "Himmelblau"


def test_the_address_presets_surface_start_rules_and_options(shown):
    fragment = (
        "#surface=text&f=x^2%2B3y^2&start=-2,1&steps=12&rules=SGD:lr=0.1,Momentum:lr=0.02:momentum=0.5&rule=Momentum&step=3"
    )
    tab = shown(valley(), fragment=fragment)
    rules = {"SGD": lambda p, lr: optim.SGD(p, lr=0.1), "Momentum": lambda p, lr: optim.Momentum(p, lr=0.02, momentum=0.5)}
    race = viz.race(rules, lambda x, y: x * x + 3 * y * y, start=(-2, 1), steps=12, lr=0.1)
    for k, lane in enumerate(race.lanes):
        np.testing.assert_allclose(tab.evaluate(f"runs[{k}].path"), lane.path, rtol=1e-9)
    assert tab.evaluate("lanes.map(lane => lane.on)") == [True, True, False]
    assert tab.inner_text("#count") == "3 / 12"
    assert tab.inner_text("#name") == "Momentum"
    tab.click("#next")
    tab.click("#reset")
    assert tab.inner_text("#count") == "3 / 12"


def test_invalid_parts_of_an_address_are_reported_and_the_rest_is_used(shown):
    fragment = "#steps=1.5&rules=Nope,SGD:lr=-1:constructor=3:lr=,Adam:beta1=5:lr=0.2&rule=toString&noise=x&start=1,2"
    tab = shown(valley(), fragment=fragment)
    ignored = "noise=x, steps=1.5, rules=Nope, SGD:lr=-1, SGD:constructor=3, SGD:lr=, Adam:beta1=5, rule=toString"
    said = tab.inner_text("#fault").removeprefix("Ignored in the address: ").split(", ")
    assert sorted(said) == sorted(ignored.split(", "))
    assert tab.evaluate("lanes.map(lane => [lane.on, lane.options.lr])") == [[True, 0.05], [False, 0.05], [True, 0.2]]
    assert tab.inner_text("#count") == "30 / 30"
    tab = shown(valley(), fragment="#rules=Nope")
    assert tab.evaluate("lanes.every(lane => lane.on)")
    tab = shown(valley(), fragment="#surface=text&f=constructor(x)")
    assert tab.inner_text("#fault") == "Ignored in the address: f=constructor(x)"
    assert tab.inner_text("#title").startswith("quadratic")
    assert tab.evaluate("state.start") == valley().lanes[0].path[0].tolist()


def test_a_field_shows_the_number_that_is_used(shown):
    tab = shown(valley(), fragment="#rule=Adam", height=1200)
    for option, wrong, used in (("learning rate", "-1", "0.05"), ("learning rate", "", "0.05"), ("β₁", "1", "0.9")):
        field = tab.locator(".option", has_text=option).locator("input[type=number]")
        field.fill(wrong)
        field.blur()
        assert field.input_value() == used
    for typed, used in (("1.6", "2"), ("0", "2"), ("", "2"), ("40", "40")):
        tab.fill("#steps", typed)
        tab.locator("#steps").blur()
        assert tab.input_value("#steps") == used
    tab.wait_for_timeout(60)
    assert tab.evaluate("state.steps") == 40


def test_a_function_that_is_too_long_is_refused_with_a_message(shown):
    tab = shown(valley(), fragment="#surface=text&f=x^2%2By^2")
    tab.fill("#text", "(" * 3000 + "x" + ")" * 3000)
    tab.wait_for_timeout(60)
    assert tab.inner_text("#fault") == "This function is too long: it may have up to 400 numbers, names and signs."
    tab.fill("#text", "(" * 199 + "x" + ")" * 199)
    tab.wait_for_timeout(60)
    assert tab.inner_text("#fault") == ""


def test_on_a_phone_nothing_overflows_its_box_and_the_map_is_legible(shown):
    width = 380
    tab = shown(viz.race(steps=20, lr=0.05, rates=[0.05]), width=width)
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    outside = """[...document.querySelectorAll('.rule')].filter(rule => {
      const button = rule.lastChild, right = part => part.getBoundingClientRect().right;
      return button.scrollWidth > button.clientWidth || right(button) > right(rule);
    }).length"""
    assert tab.evaluate(outside) == 0
    assert tab.evaluate("document.querySelector('#numbers').parentNode.getBoundingClientRect().width") <= width - 40
    heights = tab.evaluate("[...document.querySelectorAll('#axes text')].map(t => t.getBoundingClientRect().height)")
    assert min(heights) >= 11


def test_a_chart_of_a_single_value_has_one_tick():
    page = scripts(viz.race(["SGD"], steps=2, lr=0.1).html())
    script = page + "return data.map(([low, high]) => ticks(low, high, 5));"
    assert engine.run(script, [[1, 1], [-1.3, -1.3], [0, 0], [0, 4]]) == [[1], [-1.3], [0], [0, 1, 2, 3, 4]]


def test_an_axis_of_values_that_differ_by_rounding_comes_to_an_end():
    page = scripts(viz.race(["SGD"], steps=2, lr=0.1).html())
    near = float(np.nextafter(1.0, 0))
    script = page + "return data.flatMap(v => [true, false].map(log => [span(v, log), logTicks(...span(v, log), 7).length]));"
    for (low, high), count in engine.run(script, [[near, 1.0], [1e-30, 1e-30 * near]]):
        assert high - low > 0.01 * high
        assert 1 <= count < 20


def test_the_surface_in_space_turns_by_drag_and_keys(shown):
    tab = shown(viz.race(["SGD"], "himmelblau", steps=20, lr=0.01))
    tab.click("#three")
    assert tab.is_visible("#space")
    first = tab.evaluate("document.getElementById('space').toDataURL()")
    tab.focus("#space")
    tab.keyboard.press("ArrowRight")
    second = tab.evaluate("document.getElementById('space').toDataURL()")
    box = tab.locator("#space").bounding_box()
    tab.mouse.move(box["x"] + 200, box["y"] + 200)
    tab.mouse.down()
    tab.mouse.move(box["x"] + 260, box["y"] + 230)
    tab.mouse.up()
    tab.wait_for_timeout(80)
    third = tab.evaluate("document.getElementById('space').toDataURL()")
    assert len({first, second, third}) == 3
    tab.click("#above")
    assert not tab.is_visible("#space")


def test_noise_is_drawn_and_a_rule_is_taken_out_of_the_picture(shown):
    tab = shown(valley())
    tab.fill("#noise", "0.5")
    tab.wait_for_timeout(60)
    path = np.array(tab.evaluate("runs[0].path"))
    assert not np.allclose(path, valley().lanes[0].path)
    tab.fill("#noise", "0")
    tab.fill("#steps", "50")
    tab.keyboard.press("Enter")
    tab.locator("#name").click()
    tab.wait_for_timeout(60)
    assert tab.evaluate("runs[0].path.length") == 51
    drawn = tab.locator("#paths path").count()
    tab.locator(".rule input").nth(2).uncheck()
    assert tab.locator("#paths path").count() == drawn - 1


def test_the_page_of_a_race_with_noise_shows_the_paths_that_python_computed(shown):
    race = valley(noise=0.3, seeds=3)
    tab = shown(race)
    np.testing.assert_allclose(tab.evaluate("runs[0].path"), race.lanes[0].path, rtol=1e-4)
    assert tab.evaluate("document.querySelectorAll('#paths [opacity=\"0.35\"]').length") == 6


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_phone_shows_the_page_in_both_themes_and_the_start_is_dragged_by_touch(shown, theme):
    tab = shown(valley(), width=380, color_scheme=theme, has_touch=True)
    assert tab.evaluate("document.documentElement.scrollWidth") <= 380
    box = tab.locator("#start").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    client = tab.context.new_cdp_session(tab)
    for kind, points in (
        ("touchStart", [(x, y)]),
        ("touchMove", [(x + 30, y + 20)]),
        ("touchMove", [(x + 40, y + 25)]),
        ("touchEnd", []),
    ):
        client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": a, "y": b} for a, b in points]})
    tab.wait_for_timeout(80)
    assert tab.evaluate("state.start[0]") > valley().lanes[0].path[0, 0]


def test_without_scripts_there_is_the_picture(shown):
    tab = shown(valley(), java_script_enabled=False)
    assert tab.locator("button:visible, input:visible, canvas:visible").count() == 0
    assert tab.locator("svg.tgc:visible").count() == 1


def test_the_page_speaks_korean(shown, monkeypatch):
    monkeypatch.setenv("TINYGRAD_EDU_LANG", "ko")
    tab = shown(valley())
    assert tab.inner_text("#play") == "재생"
    assert "수렴합니다" in tab.inner_text("#edge")


@pytest.mark.parametrize(
    ("surface", "name"), [("saddle", "안장면 x² − y² + y⁴/4"), ("plateau", "평탄면 1 − exp(−(x² + y²)/2)")]
)
def test_the_names_of_the_surfaces_are_korean_too(shown, monkeypatch, surface, name):
    monkeypatch.setenv("TINYGRAD_EDU_LANG", "ko")
    tab = shown(viz.race(["SGD"], surface, steps=3))
    assert name in tab.inner_text("h1")
    assert name in tab.eval_on_selector_all("#surface option", "options => options.map(option => option.textContent)")
    tab.select_option("#language", "en")
    assert f"{surface} " in tab.inner_text("h1")
