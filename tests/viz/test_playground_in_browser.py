"""The playground driven in Chromium, by mouse, keyboard and touch; its numbers are Python's."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn, viz

pytestmark = pytest.mark.slow

STEPS = "while (T < {n}) step(); refresh();"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("playground") / "playground.html"
    viz.playground().save(path)
    return path.as_uri()


class Reader:
    """A page, and the messages in its console."""

    def __init__(self, chromium: Any, address: str, **options: Any) -> None:
        self.context = chromium.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        self.page, self.noise, self.requests = self.context.new_page(), [], []  # type: ignore[var-annotated]
        self.page.on("console", lambda m: self.noise.append(m.text))
        self.page.on("pageerror", lambda e: self.noise.append(str(e)))
        self.page.on("request", lambda r: self.requests.append(r.url))
        self.page.goto(address)
        self.until("!replayTimer")

    def __call__(self, script: str) -> Any:
        return self.page.evaluate(script)

    def until(self, condition: str) -> None:
        """Wait until the condition holds; the page's security policy forbids wait_for_function to evaluate a string."""
        for _ in range(600):
            if self.page.evaluate(condition):
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"never: {condition}")

    def done(self) -> None:
        assert self.noise == []
        assert len(self.requests) == 1
        self.context.close()


def run_python(script: str) -> list[float]:
    space: dict[str, Any] = {}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(script, space)
    losses: list[float] = space["losses"]
    return losses


STATES = {
    "two lanes": "step=60&lanes=SGD~lr=0.1*Adam~lr=0.01&lane=1",
    "changes on the way": "step=50&lanes=SGD~lr=0.1!20@SGD~lr=0.02~momentum=0.9!35@Adam~lr=0.01~beta1=0.8",
    "classes": "data=iris&step=40&lanes=Nadam~lr=0.01&layers=6&act=ReLU",
    "curve": "data=curve&step=40&batch=300&lanes=RMSprop~lr=0.01~centered=true&loss=SmoothL1Loss",
    "zero_grad forgotten": "data=xor&keep=1&step=30&lanes=Adagrad~lr=0.1~initial_accumulator_value=0.05",
    "all zero": "init=zeros&step=30&lanes=NAG~lr=0.1&scale=0&unit=20",
    "dead": "init=dead&act=ReLU&step=30&lanes=Adadelta~lr=1&data=blobs",
    "one by one, no hidden layer": "layers=&step=30&lanes=Momentum~lr=0.1&data=circles&loss=MSELoss&batch=1&seed=42",
    "amsgrad, nesterov": "step=30&data=spirals&lanes=Adam~lr=0.01~amsgrad=true!10@SGD~lr=0.1~momentum=0.9~nesterov=true",
}


@pytest.mark.parametrize("state", STATES)
def test_copy_as_python_gives_a_script_that_reproduces_the_losses_of_the_page(chromium: Any, address: str, state: str) -> None:
    reader = Reader(chromium, f"{address}#{STATES[state]}")
    script, losses = reader("[toPython(lanes[chosen]), lanes[chosen].losses.slice(0, T)]")
    assert len(losses) >= 30
    np.testing.assert_allclose(run_python(script), losses, rtol=0, atol=1e-12)
    reader.done()


NOISE = (
    "[...document.querySelectorAll('.lane')].map((e, k) => [lanes[k].figures.noise.textContent, show(gradientNoise(lanes[k]))])"
)


def test_the_gradient_noise_is_that_of_the_step_on_the_screen(chromium: Any, address: str) -> None:
    reader, seen = Reader(chromium, f"{address}#lanes=SGD~lr=0.1*Adam~lr=0.01"), []

    def right() -> None:
        shown = reader(NOISE)
        assert all(a == b != "" for a, b in shown), shown
        seen.append(shown[0][0])

    right()
    for _ in range(20):
        reader.page.click("#next")
    right()
    reader.page.click("#play")
    reader.until("T >= 60")
    reader.page.click("#play")
    right()
    reader("const s = $('scrub'); s.value = 0; s.dispatchEvent(new Event('input'))")
    right()
    assert seen[0] == seen[-1] != seen[1]
    for select, value in (("#rule-1", "RMSprop"), ("#act", "ReLU")):
        reader.page.select_option(select, value)
        right()
    reader.page.locator(".lane header button:not(.close)").first.click()
    assert reader("lanes.length") == 3
    right()
    reader.page.set_input_files("#file", {"name": "a.csv", "mimeType": "text/csv", "buffer": b"x,y\n" + b"0.5,1.5\n1,2\n" * 30})
    reader.until("cfg.data === 'own'")
    right()
    reader("lanes.forEach(l => { l.learner.w.fill(NaN); paintNoise(l); })")
    assert {shown for shown, _ in reader(NOISE)} == {"–"}
    reader.done()


@pytest.mark.parametrize(("batch", "words"), [(1, []), (2, ["summed over 2 rows"])])
def test_the_gradient_is_summed_over_rows_where_there_are_several(
    chromium: Any, address: str, batch: int, words: list[str]
) -> None:
    reader = Reader(chromium, f"{address}#batch={batch}&lanes=SGD~lr=0.1&step=2")
    steps = reader("[...Array(40)].map(() => { nextStage(); return $('stages').textContent; })")
    assert sorted(set(re.findall(r"summed over \d+ rows?", " ".join(steps)))) == words
    assert any("times the input: the gradient of" in text for text in steps)
    reader.done()


def test_the_gradient_noise_of_every_lane_is_kept_up_while_it_plays(chromium: Any, address: str) -> None:
    reader = Reader(chromium, f"{address}#lanes=SGD~lr=0.1*Adam~lr=0.01")
    reader("lanes.forEach(l => { l.figures.noise.textContent = 'old'; })")
    reader("playing = true; for (let k = 0; k < 48; k++) playFrame();")
    assert "old" not in {shown for shown, _ in reader(NOISE)}
    reader.done()


def test_the_page_starts_from_the_models_weights_and_user_data(chromium: Any, tmp_path: Path) -> None:
    tg.manual_seed(5)
    model = nn.MLP([3, 4, 2], activation="relu")
    X = np.random.default_rng(0).standard_normal((40, 3)).round(3)
    y = (X[:, 0] > X[:, 1]).astype(int)
    path = tmp_path / "own.html"
    viz.playground(model, X, y).save(path)
    reader = Reader(chromium, path.as_uri())
    assert reader("[cfg.data, cfg.layers, cfg.act, points.n, points.kept]") == ["own", [4], "ReLU", 30, 10]
    weights = np.concatenate([p.detach().numpy().ravel() for p in model.parameters()])
    np.testing.assert_array_equal(reader("[...lanes[0].learner.w]"), weights)
    reader(STEPS.format(n=20))
    script, losses = reader("[toPython(lanes[0]), lanes[0].losses]")
    np.testing.assert_allclose(run_python(script), losses, rtol=0, atol=1e-12)
    reader.done()


def test_integers_become_floats_in_the_script(chromium: Any, tmp_path: Path) -> None:
    X, weights = np.arange(40).reshape(20, 2), [1.0, -1.0, 0.0, 2.0, -2.0, 1.0]
    model = nn.MLP([2, 1, 1], activation="tanh")
    for p in model.parameters():
        p.data = tg.tensor([weights.pop() for _ in range(p.numel())]).reshape(p.shape)
    for name, y, losses in (
        ("classes", np.arange(20) % 2, ("BCEWithLogitsLoss", "MSELoss")),
        ("curve", np.arange(20.0), ("MSELoss",)),
    ):
        path = tmp_path / f"{name}.html"
        viz.playground(model, X, y).save(path)
        for loss in losses:
            for scale in (0, 1):
                reader = Reader(chromium, f"{path.as_uri()}#loss={loss}&scale={scale}&step=5&lanes=SGD~lr=0.001")
                script, found = reader("[toPython(lanes[0]), lanes[0].losses]")
                np.testing.assert_allclose(run_python(script), found, rtol=0, atol=1e-12)
                reader.done()


DIVERGED = {
    "one of two": "data=curve&act=ReLU&scale=0&unit=1000&lanes=SGD~lr=0.001*SGD~lr=1",
    "alone": "data=curve&act=ReLU&scale=0&unit=1000&lanes=SGD~lr=1",
    "at once": "lanes=SGD~lr=1",
}


@pytest.mark.parametrize("state", DIVERGED)
def test_a_lane_that_has_overflowed_is_shown_and_the_page_continues(chromium: Any, address: str, state: str) -> None:
    reader = Reader(chromium, f"{address}#{DIVERGED[state]}")
    reader("chosen = lanes.length - 1; " + STEPS.format(n=60))
    if state == "at once":
        reader("lanes[0].learner.w.fill(NaN); lanes[0].learner.g.fill(NaN); step(); refresh()")
    assert not reader("lanes[chosen].learner.w.every(Number.isFinite)")
    reader("slice = null; sliceSoon()")
    reader.until("slice !== null")  # paused
    assert reader("[slice.d1, slice.d2].every(d => d.every(Number.isFinite))")
    reader("slice = null; toggle(true)")
    reader.until("T > 70 && slice !== null")  # playing
    assert reader("frames > 5")
    reader("toggle(false)")
    assert "overflowed" in reader.page.inner_text("#findings")
    reader.done()


def test_play_runs_once_and_continues_after_an_error_in_a_picture(chromium: Any, address: str) -> None:
    reader = Reader(chromium, address)
    reader("toggle(true); toggle(false); toggle(true); breakIt('zeros'); breakIt('dead')")
    first, last = reader("""new Promise(done => {
        const first = frames; let n = 0;
        const count = () => ++n < 12 ? requestAnimationFrame(count) : done([first, frames]);
        count();
    })""")
    assert last - first <= 13  # one picture for each frame of the screen
    reader("paintClock = () => { throw new Error('planted'); }; 0")
    reader.until("T > 30")
    assert all("planted" in text for text in reader.noise)
    reader.context.close()


def test_a_new_address_stops_the_run_and_resets_deliberate_faults(chromium: Any, address: str) -> None:
    reader = Reader(chromium, address)
    page = reader.page
    page.click("[data-preset=rate]")
    assert reader("[playing, preset]") == [True, "rate"]
    # the run writes its own address before the page hears of the new one
    reader("location.hash = 'data=xor&lanes=Adam~lr=0.01'; history.replaceState(null, '', '#' + toFragment())")
    reader.until("cfg.data === 'xor'")
    assert page.get_attribute("#play", "aria-pressed") == "false"
    assert page.get_attribute("#findings", "aria-live") == "polite"
    assert page.inner_text("#play") == "▶ Play"
    assert page.locator("#preset").is_hidden()
    assert page.locator("#next").is_enabled()
    reader.done()


def test_the_nesterov_option_follows_sgd(chromium: Any, address: str) -> None:
    reader = Reader(chromium, f"{address}#lanes=SGD~lr=0.1~dampening=0.05")
    box = reader.page.locator(".lane:first-child .switch input")
    box.check()
    reader(STEPS.format(n=4))
    assert reader("[lanes[0].options.momentum, lanes[0].options.dampening]") == [0.9, 0]
    run_python(reader("toPython(lanes[0])"))
    reader.page.locator("#option-0-dampening").evaluate("e => { e.value = 0.5; e.dispatchEvent(new Event('input')); }")
    reader(STEPS.format(n=8))
    assert not box.is_checked()
    np.testing.assert_allclose(run_python(reader("toPython(lanes[0])")), reader("lanes[0].losses"), rtol=0, atol=1e-12)
    reader.done()


def test_a_run_can_be_played_stepped_rewound_and_forked(chromium: Any, address: str) -> None:
    reader = Reader(chromium, address)
    page = reader.page
    page.click("#play")
    reader.until("T > 12")
    page.keyboard.press(" ")  # the button has the focus, so it is pressed
    reader.until("!playing")
    steps, weights = reader("[T, [...lanes[1].learner.w]]")
    for key in ("ArrowLeft", "ArrowLeft", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    assert reader("[T, [...lanes[1].learner.w]]") == [steps, weights]
    page.locator("#scrub").fill("3")
    assert reader("T") == 3
    reader("go(frontier)")
    assert reader("[...lanes[1].learner.w]") == weights
    page.keyboard.press("2")
    page.keyboard.press("f")
    assert reader("[lanes.length, chosen]") == [3, 2]
    reader("for (let i = 0; i < 30; i++) step()")
    assert reader("lanes[1].learner.w.every((v, i) => v === lanes[2].learner.w[i])")  # a fork without a change is the same run
    page.locator("#option-2-lr").evaluate("e => { e.value = -3; e.dispatchEvent(new Event('input')); }")
    reader("for (let i = 0; i < 5; i++) step()")
    assert reader("lanes[1].learner.w.some((v, i) => v !== lanes[2].learner.w[i])")
    page.click("#losses", position={"x": 60, "y": 60})
    assert reader("T < 10")
    page.click("#restart")
    assert reader("[T, frontier, lanes.length]") == [0, 0, 3]
    page.click(".lane:nth-child(3) .close")
    assert reader("lanes.length") == 2
    page.click("#add")
    assert page.locator(".lane").count() == 3
    reader.done()


def test_a_long_run_keeps_few_snapshots_and_can_still_be_rewound_to_the_same_weights(chromium: Any, address: str) -> None:
    reader = Reader(chromium, f"{address}#layers=4&lanes=Adam~lr=0.01")
    reader("while (T < 7003) step()")
    weights = reader("[...lanes[0].learner.w]")
    reader("while (T < 9000) step()")
    assert reader("[lanes[0].snaps.size < 250, lanes[0].path.length <= 300]") == [True, True]
    reader("go(7003)")
    assert reader("[...lanes[0].learner.w]") == weights
    assert reader("lanes[0].path.every((p, i, all) => !i || p.t > all[i - 1].t)")
    reader.done()


def test_every_control_of_data_and_network_changes_the_run(chromium: Any, address: str) -> None:
    reader = Reader(chromium, address)
    page = reader.page
    for name in ("circles", "xor", "spirals", "blobs", "curve", "iris", "moons"):
        page.click(f".set:has-text('{name}')")
        reader(STEPS.format(n=6))
        assert reader("[cfg.data, T, lanes.every(l => Number.isFinite(l.losses[5]))]") == [name, 6, True]
    page.click("#scale")  # scaled features do not depend on their unit
    reader("step()")
    first = reader("lanes[0].losses[0]")
    changes = [
        ("noise", "input", "0.4"), ("batch", "input", "3"), ("unit", "input", "1"), ("seed", "change", "9"),
        ("act", "change", "SiLU"), ("loss", "change", "MSELoss"), ("init", "change", "zeros"),
    ]  # fmt: skip
    for name, event, value in changes:
        page.locator(f"#{name}").evaluate(f"e => {{ e.value = '{value}'; e.dispatchEvent(new Event('{event}')); }}")
        reader("step()")
        now = reader("lanes[0].losses[0]")
        assert now != first, name
        first = now
    assert reader("[cfg.noise, cfg.batch, cfg.unit, cfg.seed, cfg.act, cfg.loss, cfg.init]") == [
        0.4, 8, 10, 9, "SiLU", "MSELoss", "zeros",
    ]  # fmt: skip
    page.click("#zero")
    page.click("#deeper")
    page.click(".layer:first-child button:last-child")
    assert reader("[cfg.scale, cfg.keep, cfg.layers]") == [False, True, [12, 8, 8]]
    for _ in range(3):
        page.click("#fewer")
    reader(STEPS.format(n=3))
    assert reader("[cfg.layers.length, T]") == [0, 3]
    page.click(".set:has-text('iris')")
    page.select_option("#axis-x", "0")
    assert reader("cfg.axes") == [0, 3]
    reader.done()


def test_every_rule_and_its_options_run_in_a_lane(chromium: Any, address: str) -> None:
    reader = Reader(chromium, address)
    page = reader.page
    for rule in ("SGD", "Momentum", "NAG", "Adagrad", "RMSprop", "Adadelta", "Adam", "Nadam"):
        page.select_option("#rule-0", rule)
        reader("for (let i = 0; i < 5; i++) step(); refresh()")
        for box in range(page.locator(".lane:first-child .switch input").count()):
            page.locator(".lane:first-child .switch input").nth(box).check()
            reader("for (let i = 0; i < 5; i++) step(); refresh()")
        for slider in range(page.locator(".lane:first-child .options input[type=range]").count()):
            page.locator(".lane:first-child .options input[type=range]").nth(slider).evaluate(
                "e => { e.value = (+e.min + +e.max) / 2; e.dispatchEvent(new Event('input')); }"
            )
            reader("step()")
        assert reader("lanes[0].learner.w.every(Number.isFinite)"), rule
        assert "w ← " in page.inner_text(".lane:first-child .formula")
    reader.done()


def test_the_formula_of_a_weight_has_the_numbers_of_the_next_step(chromium: Any, address: str) -> None:
    reader = Reader(chromium, f"{address}#step=7&lanes=Momentum~lr=0.1*Adam~lr=0.01")
    shown = reader.page.inner_text(".lane:first-child .formula").split("\n")
    at = "lanes[0].learner.starts[0]"
    w, v = reader(f"[lanes[0].learner.w[{at}], lanes[0].learner.state[0][{at}]]")
    reader("step()")
    after, buffer, g = reader(f"[lanes[0].learner.w[{at}], lanes[0].learner.state[0][{at}], lanes[0].learner.g[{at}]]")

    def three(x: float) -> str:
        text = f"{x:.3g}" if abs(x) >= 1e-3 else f"{x:.1e}".replace(".0e", "e").replace("e-0", "e-")
        return text.replace("-", "−")

    def inside(x: float) -> str:
        return f"({three(x)})" if x < 0 else three(x)

    assert shown[1] == f"v ← 0.9 · {inside(v)} + 0.1 · {inside(g)} = {three(buffer)}"
    assert shown[3] == f"w ← {inside(w)} − {inside(buffer)} = {three(after)}"
    reader.done()


def test_nadams_momenta_are_shown_as_numbers(chromium: Any, address: str) -> None:
    reader = Reader(chromium, f"{address}#step=7&lanes=Nadam~lr=0.01~momentum_decay=0.1")
    lines = reader.page.inner_text(".lane:first-child .formula").split("\n")
    at = next(k for k, line in enumerate(lines) if line.startswith("m̂ = μ"))
    mu = [0.9 * (1 - 0.5 * 0.96 ** (0.1 * k)) for k in range(1, 10)]
    product = np.cumprod(mu)

    def three(x: float) -> str:
        return f"{x:.3g}" if x >= 1e-3 else f"{x:.1e}".replace("e-0", "e−")

    m, g = reader(
        "(() => { const [v, after] = formulaState(lanes[0], preview(lanes[0])); return [show(after.m), show(v.g)]; })()"
    )
    m, g = (f"({v})" if v.startswith("−") else v for v in (m, g))
    assert lines[at + 1] == (
        f"m̂ = {three(mu[8])} · {m} / (1 − {three(product[8])}) + (1−{three(mu[7])}) · {g} / (1 − {three(product[7])})"
    )
    assert lines.index("μₜ = 0.9 · (1 − ½ · 0.96^(8 · 0.1))") < at  # defined before it is used
    reader.done()


def test_a_unit_shows_its_backward_pass_and_the_last_stage_shows_the_step(chromium: Any, address: str) -> None:
    reader = Reader(chromium, f"{address}#step=4&lanes=SGD~lr=0.1")
    page = reader.page
    page.click(".lane:first-child .units button[title='unit 3 of layer 2']")
    assert page.inner_text("#neuron-title") == "unit 3 of layer 2"
    q = reader("""(() => { const q = inspect(), rows = [...Array(q.B).keys()], x = network.layers[2].x;
        return { dz: rows.map(q.dz), x: rows.map(r => x[r * q.I + 1]), g: q.g(1), w: q.w(1), z: q.z, a: q.a }; })()""")
    assert q["g"] == pytest.approx(np.dot(q["dz"], q["x"]), rel=1e-12)  # the gradient is the sum over the rows
    assert q["a"] == pytest.approx(np.tanh(q["z"]), rel=1e-12)
    for n in range(1, 7):
        page.click("#stage-next")
        assert page.locator("#stages li.now").get_attribute("aria-current") == "step"
        assert reader("[stage, T]") == [n, 4]
    page.keyboard.press("n")
    assert reader("[stage, T]") == [0, 5]  # the next batch
    assert reader("lanes[0].learner.w[weightIndex(lanes[0].learner, 1, 2, 1)]") == pytest.approx(
        q["w"] - 0.1 * q["g"], abs=1e-15
    )
    page.keyboard.press("p")
    assert reader("[stage, T]") == [6, 4]
    page.click("#row-next")
    assert page.inner_text("#row-count") == "row 2 of 32"
    page.click("#weights tbody tr:nth-child(2) button")
    assert reader("weightOf") == 1
    reader.done()


@pytest.mark.parametrize(
    ("name", "finding"),
    [
        ("dead", "every unit in layer 1 is dead"), ("rate", "the loss overflowed"),
        ("scaling", "the features are not scaled"), ("zero_grad", "left over from earlier batches"), ("zeros", "stay the same"),
    ],
)  # fmt: skip
def test_deliberate_faults_are_explained_found_and_repaired(chromium: Any, address: str, name: str, finding: str) -> None:
    reader = Reader(chromium, address)
    page = reader.page
    page.click(f"[data-preset={name}]")
    page.click("#play")
    reader(STEPS.format(n=200))
    assert "Remedy:" in page.inner_text("#preset")
    assert finding in page.inner_text("#findings")
    broken = reader("Math.max(...lanes.map(l => l.losses[199] ?? 1e9))")
    page.click("#mend")
    page.click("#play")
    reader(STEPS.format(n=200))
    assert page.locator("#preset").is_hidden()
    assert finding not in page.inner_text("#findings")
    mended = reader("Math.max(...lanes.map(l => l.losses[199]))")
    assert not broken < mended  # a loss that has overflowed is NaN
    reader.done()


def test_points_of_a_curve_are_drawn_where_they_are_clicked(chromium: Any, address: str) -> None:
    reader = Reader(chromium, address + "#data=curve&layers=4")
    page = reader.page
    page.click("#draw")
    assert not page.is_visible("#draw-bar [data-class]")  # numbers, not classes
    lo, hi, low, high = reader("[points.lo[0], points.hi[0], points.low, points.high]")
    box = page.locator(".stage").first.bounding_box()
    drawn = [(0.2, 0.7), (0.5, 0.2), (0.8, 0.9)]
    for u, v in drawn:
        page.mouse.click(box["x"] + u * box["width"], box["y"] + (1 - v) * box["height"])
        box = page.locator(".stage").first.bounding_box()
    assert reader("[cfg.data, own.classes, own.features, points.n, cfg.loss]") == ["own", 0, 1, 3, "MSELoss"]
    wide = 1 / box["width"]
    np.testing.assert_allclose(reader("own.X"), [lo + u * (hi - lo) for u, _ in drawn], atol=2 * wide * (hi - lo))
    np.testing.assert_allclose(reader("own.y"), [low + v * (high - low) for _, v in drawn], atol=2 * wide * (high - low))
    reader(STEPS.format(n=300))
    assert reader("lanes[1].losses.at(-1) < lanes[1].losses[0]")
    page.click("#draw-clear")
    assert reader("[cfg.data, own]") == ["curve", None]
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert reader("[own.classes, own.y.length]") == [0, 1]
    page.click("#draw")
    reader.done()


def test_points_are_drawn_and_a_file_is_dropped(chromium: Any, address: str, tmp_path: Path) -> None:
    reader = Reader(chromium, address)
    page = reader.page
    page.click("#draw")
    stage = page.locator(".stage").first
    for x, y in ((40, 40), (60, 50), (50, 80)):
        stage.click(position={"x": x, "y": y})
    page.click("[data-class='0']")
    for x, y in ((150, 150), (160, 120), (130, 140)):
        stage.click(position={"x": x, "y": y})
    assert reader("[own.y, cfg.data]") == [[1, 1, 1, 0, 0, 0], "own"]
    reader(STEPS.format(n=150))
    assert reader("accuracy(lanes[0])") == 1
    fragment = reader("toFragment()")
    rows = "a,b,c,kind\n" + "\n".join(f"{i},{i % 3},{-i},{'yes' if i % 2 else 'no'}" for i in range(40))
    reader(f"takeFile(new File([{rows!r}], 'x.csv'))")
    reader.until("own && own.names.length === 3")
    assert reader("[own.names, points.classes, points.n, points.kept]") == [["a", "b", "c"], 2, 30, 10]
    assert "40 rows, 3 features, 2 classes" in page.inner_text("#message")
    reader("takeFile(new File(['1\\n2\\n'], 'x.csv'))")
    reader.until("document.getElementById('message').textContent.includes('two columns')")
    reader(f"open({fragment!r})")
    assert reader("[own.y.length, T]") == [6, 150]  # drawn points are in the address
    reader.done()


def test_one_feature_and_large_targets_are_shown_and_explained(chromium: Any, tmp_path: Path) -> None:
    x = np.linspace(0, 3, 40)
    for y, curves, finding in ((300 * x, 1, "reach 900"), ((x > 1).astype(int) + (x > 2), 3, "Press Play")):
        path = tmp_path / "own.html"
        viz.playground(X=x, y=y).save(path)
        reader = Reader(chromium, path.as_uri())
        assert finding in reader.page.inner_text("#findings")
        reader(STEPS.format(n=5))
        assert reader("outputs()") == curves
        reader.done()


def test_an_address_restores_the_state(chromium: Any, address: str) -> None:
    reader = Reader(chromium, f"{address}#data=xor&layers=6-4&act=ReLU&batch=16&seed=7&noise=0.2&language=ko&theme=dark")
    page = reader.page
    reader(STEPS.format(n=30))
    page.select_option("#rule-1", "Nadam")
    reader(STEPS.format(n=45))
    before = reader("[toFragment(), lanes.map(l => [...l.learner.w])]")
    reader.done()
    again = Reader(chromium, f"{address}#{before[0]}")
    assert again("[toFragment(), lanes.map(l => [...l.learner.w])]") == before
    assert again.page.inner_text("#restart") == "처음부터"
    assert again("document.documentElement.dataset.theme") == "dark"
    again.done()


def test_valid_parts_of_a_damaged_address_are_used(chromium: Any, address: str) -> None:
    bad = "data=nothing&layers=99-x-4&act=Magic&loss=Wrong&step=1e9&own=%7B&neuron=9-9&axes=8-8"
    bad += "&lanes=Foo~lr=1*Adam~lr=bad~q=2!x@y"
    reader = Reader(chromium, f"{address}#{bad}")
    assert reader("[cfg.data, cfg.layers, cfg.act, cfg.loss, T]") == ["moons", [4], "Tanh", "BCEWithLogitsLoss", 0]
    assert reader("lanes.map(l => l.rule)") == ["Adam"]
    reader.done()


OWN: dict[str, Any] = {
    "X": [0, 1, 2, 3],
    "y": [0, 1, 0, 1],
    "classes": 2,
    "features": 1,
    "names": ["x"],
    "validation": 0,
    "noise": 0,
}
DAMAGED: list[dict[str, Any]] = [
    {"classes": 9999}, {"classes": 1}, {"classes": 1.5}, {"y": [0, 1, 2, 1]}, {"y": [0, 1, 0.5, 1]}, {"y": [-1, 1, 0, 1]},
    {"features": 2}, {"features": 0.5}, {"names": []}, {"names": [7]}, {"names": ["x" * 1000]}, {"validation": 4},
    {"validation": 0.5},
    {"validation": -1}, {"X": [0, 1, 2, "3"]}, {"X": [0, 1, 2, 1e300]}, {"X": {"length": 4}}, {"y": None}, {"X": [None] * 4},
]  # fmt: skip


def test_no_address_breaks_the_page(chromium: Any, address: str) -> None:
    reader = Reader(chromium, address)
    for fragment in (
        "data=constructor", "data=toString", "data=__proto__", "lanes=constructor", "lanes=toString~lr=1", "lanes=__proto__",
        "lanes=SGD~constructor=3~toString=1", "act=constructor", "loss=constructor", "axes=0-0", "axes=1", "axes=", "neuron=1",
        "neuron=", "layers=1e9-0-NaN", "batch=0.2", "seed=1.5", "language=constructor", "data=iris&axes=2-2", "lanes=*!@~=",
    ):  # fmt: skip
        reader(f"open({fragment!r}); step(); refresh()")
        assert reader("lanes.length > 0 && lanes.every(l => Number.isFinite(l.losses[0]))"), fragment
        assert reader("points.D < 2 || cfg.axes[0] !== cfg.axes[1]"), fragment
    reader("open('lanes=Adam~beta1=5~beta2=-2~eps=-1~lr=1e308*SGD~nesterov=3~momentum=1e9*SGD~nesterov=true&step=5')")
    assert reader("lanes.map(l => [l.options.lr, l.options.beta1, l.options.beta2, l.options.eps])[0]") == [
        10,
        0.9999,
        0,
        1e-12,
    ]
    assert reader("lanes.slice(1).map(l => [l.options.nesterov, l.options.momentum])") == [[False, 0.9999], [False, 0]]
    run_python(reader("toPython(lanes[2])"))
    reader.done()


def test_data_of_an_address_are_checked_before_they_are_used(chromium: Any, address: str) -> None:
    reader = Reader(chromium, address)
    reader.page.evaluate(
        "s => { own = null; open(new URLSearchParams({ data: 'own', own: JSON.stringify(s) }).toString()) }", OWN
    )
    assert reader("[cfg.data, points.n, points.classes]") == ["own", 4, 2]
    assert reader.page.locator("#message").is_hidden()
    for damage in DAMAGED:
        reader.page.evaluate(
            "s => { own = null; open(new URLSearchParams({ data: 'own', own: JSON.stringify(s) }).toString()) }",
            {**OWN, **damage},
        )
        assert reader("[cfg.data, own]") == ["moons", None], damage
        assert "does not contain" in reader.page.inner_text("#message")
    reader.done()


def test_a_long_run_from_an_address_shows_its_progress_and_can_be_stopped(chromium: Any, address: str) -> None:
    reader = Reader(chromium, address)
    page = reader.page
    fragment = "layers=32-32-32-32-32-32&step=20000&lanes=SGD~lr=0.01*Adam*Nadam*NAG~lr=0.01"
    took = reader(f"(() => {{ const t = performance.now(); open({fragment!r}); return performance.now() - t; }})()")
    assert took < 5000  # the time of one slice, on a busy machine
    assert page.locator("#replay").is_visible()
    assert "of 20000" in page.inner_text("#replay-text")
    first = reader("T")
    reader.until(f"T > {first}")
    assert "step=20000" not in reader("location.hash")  # the address is not updated halfway
    page.keyboard.press("r")
    assert reader("T") > 0
    page.click("#replay-stop")
    at = reader("T")
    assert first < at < 20000
    assert page.locator("#replay").is_hidden()
    page.click("#next")
    assert reader("T") == at + 1
    reader(f"open({fragment!r}); start()")  # a new start ends it
    page.wait_for_timeout(100)
    assert reader("[T, replayTimer]") == [0, 0]
    reader.done()


def test_a_link_that_cannot_hold_the_data_says_so(chromium: Any, address: str) -> None:
    reader = Reader(chromium, address)
    page = reader.page
    for rows, too_large in ((200, False), (201, True)):
        table = "\\n".join(f"{i},{i % 7},{i % 2}" for i in range(rows))
        reader(f"takeFile(new File(['{table}'], 'x.csv'))")
        reader.until(f"own && own.y.length === {rows}")
        page.click("#link")
        assert page.locator("#dialog-note").is_visible() is too_large
        link = page.inner_text("#dialog-text")
        assert ("own=" in link) is not too_large
        page.keyboard.press("Escape")
    assert "201 rows, too many for a link (at most 200)" in page.text_content("#dialog-note")
    fresh = Reader(chromium, link)
    assert "Open the CSV file here" in fresh.page.inner_text("#message")
    fresh.done()
    reader(f"open({link.split('#')[1]!r})")  # where the file is open the link is complete
    assert reader("[cfg.data, own.y.length]") == ["own", 201]
    reader.done()


def table(*rows: str, times: int = 3) -> str:
    return "\n".join([rows[0], *rows[1:] * times])


def test_files_in_the_formats_of_spreadsheets_are_read(chromium: Any, address: str) -> None:
    reader = Reader(chromium, address)

    def read(text: str) -> Any:
        return reader.page.evaluate(
            "text => { const [s, complete, skipped] = fromCsv(text);"
            " const values = list => [...new Set(list)].sort((a, b) => a - b);"
            " return [s.names, s.classes, values(s.y), values(s.X), complete, skipped]; }",
            text,
        )

    assert read(table("a;b;t", "1,5;-2;no", "0,25;3;yes")) == [["a", "b"], 2, [0, 1], [-2, 0.25, 1.5, 3], 6, 0]
    assert read(table('"a, cm","say ""b""",t', '"1",2,"x, y"', "3,4,z")) == [
        ["a, cm", 'say "b"'],
        2,
        [0, 1],
        [1, 2, 3, 4],
        6,
        0,
    ]
    assert read(table("\ufeffa\tt", "1,5\t0,5", "2\t1", times=4).replace("\n", "\r\n"))[:4] == [["a"], 0, [0.5, 1], [1.5, 2]]
    assert read(table("1,2,0", "3,4,0.0", "5,6,1", "7,8,1.0"))[1:3] == [2, [0, 1]]  # the same number, written in two ways
    assert read(table("0,1,label", "1,2,0", "3,4,1"))[:2] == [["0", "1"], 2]  # only the last name is a word
    assert read(table("a,b,t", "1,2,x", ",4,y", "3,NA,y", "3,4", "5,1e300,x", "3,4,y"))[4:] == [6, 12]
    reader.done()


UNUSABLE = [
    ("1\n2", "at least two columns"),
    (table("id,a,t", "k1,1,0", "k2,2,1"), "Column “id” has fewer than 4 usable values (“k1” is not one)"),
    (table("a,b,t", "1,,0", "2,,1"), "Column “b” has fewer than 4 usable values (“” is not one)"),
    (table("a,b,t", "1,1e300,0", "2,1e300,1"), "Column “b” has fewer than 4 usable values (“1e300” is not one)"),
    (table("a,t", "1,2", "2,x", times=1), "Complete rows in this file, with numbers for the features: 2;"),
    (table("a,kind", "1,yes", "2,yes"), "“kind”, has the same value in every row (yes)"),
    (table("a,t", "1,4", "2,4.0"), "has the same value in every row (4)"),
    ("\n".join(f"{i},w{i}" for i in range(9)), "The last column has 9 different values, among them “w0”"),
    ("\n".join([",".join("0" * 14)] * 9), "The file has 13 feature columns; the page takes at most 12"),
]


def test_the_error_for_an_unusable_file_names_the_column_and_the_reason(chromium: Any, address: str) -> None:
    reader = Reader(chromium, address)
    for text, message in UNUSABLE:
        said = reader.page.evaluate("text => { try { fromCsv(text); return ''; } catch (why) { return String(why); } }", text)
        assert message in said
    reader.done()


def test_part_of_a_long_file_is_used_and_integers_can_be_values(chromium: Any, address: str) -> None:
    reader = Reader(chromium, address)
    page = reader.page
    assert page.locator("#kind").is_hidden()
    rows = "\\n".join(f"{i},{3 * (i // 1000)}" for i in range(5000)) + "\\nno,3" * 7
    reader(f"takeFile(new File(['{rows}'], 'x.csv'))")
    reader.until("own !== null && cfg.data === 'own'")
    text = page.inner_text("#message")
    assert "2000 rows, 1 feature, 5 classes." in text
    assert "2000 of 5000 rows are used, drawn at random." in text
    assert "missing, too large or not a number: 7." in text
    assert reader("[points.n + points.kept, new Set(own.y).size]") == [2000, 5]  # every class of a sorted file
    page.select_option("#kind", "curve")
    assert reader("[points.classes, [...new Set(own.y)].sort((a, b) => a - b), cfg.loss]") == [0, [0, 3, 6, 9, 12], "MSELoss"]
    page.select_option("#kind", "classes")
    assert reader("[points.classes, [...new Set(own.y)].sort(), cfg.loss]") == [5, [0, 1, 2, 3, 4], "CrossEntropyLoss"]
    reader.done()


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 380])
def test_it_fits_the_screen_in_both_languages_and_themes(
    chromium: Any, address: str, language: str, theme: str, width: int
) -> None:
    touch = {"has_touch": True, "is_mobile": True} if width == 380 else {}
    reader = Reader(
        chromium,
        f"{address}#language={language}&step=20",
        viewport={"width": width, "height": 800},
        color_scheme=theme,
        **touch,
    )
    page = reader.page
    press = page.tap if touch else page.click
    if touch:
        press("summary")
    press(".set:nth-child(5)")
    press("#play")
    reader.until("T > 5")
    press("#play")
    press("#add")
    press(".units button:nth-child(4)")
    press("#stage-next")
    press("#theme")
    for text in ("python", "code", "link"):
        press(f"#{text}")
        assert len(page.inner_text("#dialog-text")) > 40
        page.keyboard.press("Escape")
    assert reader("document.documentElement.scrollWidth") <= width
    assert reader("[...document.querySelectorAll('[data-t]')].every(e => e.textContent.trim())")
    outside = reader("""[...document.querySelectorAll("button, select, input, canvas")].filter(e => {
        const r = e.getBoundingClientRect();
        return e.offsetParent && !e.closest(".scroll") && (r.right > innerWidth + 1 || r.left < -1);
    }).map(e => e.id || e.className)""")
    assert outside == []
    korean = reader("[...'가힣'].length && /[가-힣]/.test(document.querySelector('h1').textContent)")
    assert korean is (language == "ko")
    reader.done()


def test_without_scripts_only_the_text_is_shown(chromium: Any, address: str) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    text = page.inner_text("body")
    assert "Scripts are off" in text
    assert "v ← momentum · v + lr · g" in text
    assert not page.locator("#play").is_visible()
    context.close()
