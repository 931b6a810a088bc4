"""Runs compared: the arguments of compare, the content of its page, and its behavior in a browser."""

import json
import re

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn, train, viz


def made(losses, **more):
    history = train.History()
    for k, loss in enumerate(losses):
        history.epoch({"loss": loss, **{name: values[k] for name, values in more.items()}})
    return history


def swept():
    losses = {("SGD", 0.1): [4.0, 2.0, 1.0], ("SGD", 1.0): [4.0, 3.0, 3.5], ("Adam", 0.1): [4.0, 1.0, 0.5]}
    rows = [
        {
            "key": f"{rule}{lr}", "params": {"optimizer": rule, "lr": lr}, "seed": 0, "status": "ok", "seconds": 0.1,
            "result": {"loss": curve[-1]}, "curves": {"loss": curve},
        }
        for (rule, lr), curve in losses.items()
    ]  # fmt: skip
    lost = {
        "key": "x",
        "params": {"optimizer": "Adam", "lr": 9.0},
        "seed": 0,
        "status": "diverged",
        "result": {},
        "error": "inf",
    }
    return train.Sweep([*rows, lost])


def data_of(page):
    return json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', page.html, re.DOTALL)[1])


# --- arguments ---


def test_a_dict_a_list_and_one_history_are_runs():
    first, second = made([2.0, 1.0]), made([3.0, 0.5])
    assert [run["name"] for run in data_of(viz.compare({"a": first, "b": second}))["runs"]] == ["a", "b"]
    assert [run["name"] for run in data_of(viz.compare([first, second]))["runs"]] == ["run 1", "run 2"]
    (run,) = data_of(viz.compare(first))["runs"]
    assert run["epochs"]["loss"] == {"y": [2, 1]}
    assert run["result"] == {"loss": 1}


def test_a_sweep_its_histories_and_its_file_are_the_same_runs(tmp_path):
    found = swept()
    (tmp_path / "runs.jsonl").write_text("".join(json.dumps(row) + "\n" for row in found))
    whole, read = data_of(viz.compare(found)), data_of(viz.compare(tmp_path / "runs.jsonl"))
    assert whole == read
    assert whole["runs"][0]["params"] == {"optimizer": "SGD", "lr": 0.1, "seed": 0}
    assert whole["pair"] == [2, 0]  # the two with the lowest losses
    named = data_of(viz.compare(found.histories()))
    assert [run["name"] for run in named["runs"]] == [run["name"] for run in whole["runs"] if run["epochs"]]


def test_equal_names_are_numbered():
    runs = data_of(viz.compare([{"a": made([1.0])}, {"a": made([2.0])}]))["runs"]
    assert [run["name"] for run in runs] == ["a", "a (2)"]


@pytest.mark.parametrize(
    ("given", "unique"),
    [
        (["a", "a", "a (2)"], ["a", "a (3)", "a (2)"]),
        (["a (2)", "a", "a"], ["a (2)", "a", "a (3)"]),
        (["a", "a (2)", "a (2)", "a"], ["a", "a (2)", "a (2) (2)", "a (3)"]),
    ],
)
def test_a_number_in_a_name_never_makes_it_equal_to_another(given, unique):
    runs = data_of(viz.compare([{name: made([1.0])} for name in given]))["runs"]
    assert [run["name"] for run in runs] == unique


@pytest.mark.parametrize(("runs", "error", "text"), [([], ValueError, "no runs"), (3, TypeError, "a Sweep, the path of")])
def test_the_error_for_an_object_that_is_not_a_run_lists_what_is_accepted(runs, error, text):
    with pytest.raises(error, match=text):
        viz.compare(runs)


# --- what fit appends ---


def fitted(path, lr=0.1, **options):
    model = nn.Linear(1, 1)
    X, y = np.array([[1.0], [2.0]], np.float32), np.array([[2.0], [4.0]], np.float32)
    options = {"optimizer": tg.optim.SGD(model.parameters(), lr=lr), "epochs": 3, **options}
    more = options.pop("callbacks", [])
    return train.fit(model, X, y, progress=False, callbacks=[*more, train.RunLogger(path, width=1)], **options)


def test_fit_appends_a_row_that_has_its_history(tmp_path):
    path = tmp_path / "runs.jsonl"
    histories = [fitted(path), fitted(path, lr=0.01)]
    runs = train.Sweep.read(path)
    assert runs.column("lr").tolist() == [0.1, 0.01]
    assert runs.column("width").tolist() == [1, 1]
    for history, row, again in zip(histories, runs, runs.histories().values(), strict=True):
        assert row["status"] == "ok"
        assert again.steps == history.steps
        assert again["loss"] == history["loss"]
    shown = data_of(viz.compare(path))["runs"]
    assert [run["name"] for run in shown] == ["SGD, 0.1", "SGD, 0.01"]
    assert set(shown[0]["steps"]) == {"loss", "lr", "grad_norm", "seconds"}


def test_options_that_are_not_the_defaults_are_parameters(tmp_path):
    model = nn.Linear(1, 1)
    rule = tg.optim.Momentum(model.parameters(), lr=0.01, momentum=0.5)
    train.fit(model, [[1.0]], [[1.0]], optimizer=rule, progress=False, callbacks=[train.RunLogger(tmp_path / "r", "mine")])
    with pytest.raises(TypeError, match=r"RunLogger: a parameter must be a number, .*, got function$"):
        train.RunLogger(tmp_path / "r", loss=lambda output, target: 0.0)
    (row,) = train.Sweep.read(tmp_path / "r")
    assert row["params"] == {"optimizer": "Momentum", "lr": 0.01, "momentum": 0.5}
    assert row["name"] == "mine"


def test_a_run_that_ends_badly_is_a_row_that_says_how(tmp_path):
    class Stop(train.Callback):
        def after_epoch(self, run):
            raise (KeyboardInterrupt if run.epoch == 2 else ValueError("mine"))

    path = tmp_path / "runs.jsonl"
    with pytest.raises(train.DivergedError):
        fitted(path, lr=1e20, epochs=30)
    with pytest.raises(ValueError, match="mine"):
        fitted(path, callbacks=[Stop()])
    fitted(path, callbacks=[train.EarlyStopping(patience=0, min_delta=1e9)])
    rows = train.Sweep.read(path)
    assert [row["status"] for row in rows] == ["diverged", "failed", "ok"]
    assert rows[0]["error"].startswith("DivergedError in epoch")
    assert rows[2]["stopped"].startswith("no improvement")
    assert "diverged" in viz.compare(path).html


def test_a_sweep_and_fit_write_to_one_file(tmp_path):
    path = tmp_path / "runs.jsonl"
    fitted(path)
    options = {"out": path, "progress": False}

    def task(x):
        return {"loss": x}

    train.sweep(task, {"x": [1, 2]}, None, **options)
    assert len(train.sweep(task, {"x": [1, 2]}, None, **options)) == 2
    assert len(train.Sweep.read(path)) == 3


def test_reading_leaves_out_a_line_that_is_being_written_and_does_not_change_the_file(tmp_path):
    path = tmp_path / "runs.jsonl"
    fitted(path)
    whole = path.read_bytes()
    path.write_bytes(whole + whole[:-20])
    assert len(train.Sweep.read(path)) == 1
    assert path.read_bytes() == whole + whole[:-20]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"params": 3}, "its params is 3"),
        ({"status": "fine"}, "its status is 'fine'"),
        ({"seed": "one"}, "its seed is 'one'"),
        ({"curves": {"loss": 3}}, "'loss' in its curves is not a list of numbers"),
        ({"steps": {"loss": ["1"]}}, "'loss' in its steps is not a list of numbers"),
        ({"curves": [1]}, "its curves are a list"),
    ],
)
def test_the_error_for_a_malformed_row_says_what_is_wrong(change, fault, tmp_path):
    path = tmp_path / "runs.jsonl"
    good = swept()[0]
    path.write_text(json.dumps(good) + "\n" + json.dumps({**good, "key": "other", **change}) + "\n[]\n")
    with pytest.warns(UserWarning, match="is not the row of a run") as said:
        assert len(train.Sweep.read(path)) == 1
    assert fault in str(said[0].message)
    assert "line 3" in str(said[1].message)


# --- the page ---


def test_fifty_long_runs_are_less_than_a_megabyte():
    rng = np.random.default_rng(0)
    runs = {}
    for k in range(50):
        history = runs[f"run of width {k}"] = made(*rng.random((1, 400)).tolist(), val_loss=rng.random(400).tolist())
        for name in history.steps:
            history.steps[name] = rng.random(4_000).tolist()
    page = viz.compare(runs)
    assert len(page.html.encode()) < 1_000_000
    y = data_of(page)["runs"][7]["steps"]["loss"]
    whole = runs["run of width 7"].steps["loss"]
    assert min(y["y"]) == pytest.approx(min(whole), rel=1e-4)
    assert max(y["y"]) == pytest.approx(max(whole), rel=1e-4)
    np.testing.assert_allclose(y["y"], [whole[i] for i in y["at"]], rtol=1e-4)


def test_hostile_names_pass_through_the_page(hostile):
    page = viz.compare({hostile: made([2.0, 1.0])}, title=hostile)
    assert page.html.count("<script") == 2
    assert page.html.count("</script") == 2
    json.dumps(data_of(page))


def test_the_page_fetches_nothing():
    html = viz.compare(swept()).html
    assert "default-src 'none'" in html
    assert not re.search(r"""(src|href)\s*=|url\((?!#)|@import|https?://(?!www\.w3\.org)""", html.replace("default-src", ""))
    assert "{{" not in html


def test_the_text_lists_the_best_run_first():
    assert [line.split()[0] for line in repr(viz.compare(swept())).splitlines()] == [
        "4",
        "name",
        "Adam,",
        "SGD,",
        "SGD,",
        "Adam,",
    ]


# --- in a browser ---


def names(tab):
    return tab.eval_on_selector_all("#runs tbody tr:not([hidden]) th button", "bs => bs.map(b => b.textContent)")


def test_without_scripts_there_is_the_table(shown):
    tab = shown(viz.compare(swept()), java_script_enabled=False)
    assert tab.locator("button:visible, input:visible, select:visible, svg:visible").count() == 0
    assert tab.locator("#runs tbody tr").all_inner_texts()[2].split() == [
        "Adam,",
        "0.1,",
        "seed",
        "0",
        "Adam",
        "0.1",
        "0",
        "ok",
        "0.5",
        "0.1",
    ]
    assert tab.is_visible("text=Scripts are off")


def test_runs_are_filtered_by_words_and_conditions(shown):
    tab = shown(viz.compare(swept()))
    tab.keyboard.press("/")
    tab.keyboard.type("sgd")
    assert names(tab) == ["SGD, 0.1, seed 0", "SGD, 1.0, seed 0"]
    assert tab.locator("#chart .curve").count() == 2
    tab.keyboard.type(" loss<=1")
    assert names(tab) == ["SGD, 0.1, seed 0"]
    assert tab.inner_text("#count") == "1 / 4 runs"
    tab.fill("#filter", "status!=ok")
    assert names(tab) == ["Adam, 9.0, seed 0"]
    assert tab.is_visible("text=No run that is shown has this curve.")
    tab.fill("#filter", "rate<1")
    columns = "the columns are name, optimizer, lr, seed, status, loss, seconds, note"
    assert tab.inner_text("#fault") == f"Ignored: there is no column rate; {columns}"
    assert len(names(tab)) == 4
    for text, fault in {
        "loss<": "Ignored: loss< has no value yet",
        "loss<abc": "Ignored: loss<abc: abc is not a number",
        "sgd loss<= $&<1": f"Ignored: loss<= has no value yet; there is no column $&; {columns}",
    }.items():
        tab.fill("#filter", text)
        assert tab.inner_text("#fault") == fault
        assert tab.get_attribute("#filter", "aria-invalid") == "true"
        assert len(names(tab)) == (2 if "sgd" in text else 4)  # the other conditions still apply
    tab.fill("#filter", "loss<1")
    assert tab.inner_text("#fault") == ""
    tab.keyboard.press("Escape")
    assert len(names(tab)) == 4


def test_runs_are_sorted_by_a_column_with_missing_numbers_last(shown):
    tab = shown(viz.compare(swept()))
    button = tab.locator("#runs thead button", has_text="loss")
    button.focus()
    tab.keyboard.press("Enter")
    assert names(tab) == ["Adam, 0.1, seed 0", "SGD, 0.1, seed 0", "SGD, 1.0, seed 0", "Adam, 9.0, seed 0"]
    tab.keyboard.press("Enter")
    assert names(tab) == ["SGD, 1.0, seed 0", "SGD, 0.1, seed 0", "Adam, 0.1, seed 0", "Adam, 9.0, seed 0"]
    assert button.locator("xpath=..").get_attribute("aria-sort") == "descending"


def test_the_difference_of_two_runs_equals_that_of_their_numbers(shown):
    tab = shown(viz.compare(swept()))
    assert tab.locator("#pair dd").all_inner_texts() == [" Adam, 0.1, seed 0", " SGD, 0.1, seed 0"]
    assert tab.inner_text("#verdict") == "Points where A is below B: 2 of 3."
    shown_table = [row.split("\t") for row in tab.locator("#values tr").all_inner_texts()]
    assert shown_table == [["", "A", "B", "A − B"], ["optimizer", "Adam", "SGD", ""], ["loss", "0.5", "1", "−0.5"]]
    tab.click("#swap")
    assert tab.inner_text("#verdict") == "Points where A is below B: 0 of 3."
    tab.get_by_role("button", name="B: SGD, 1.0, seed 0").click()
    assert ["lr", "0.1", "1", "−0.9"] in [row.split("\t") for row in tab.locator("#values tr").all_inner_texts()]
    tab.get_by_role("button", name="B: SGD, 1.0, seed 0").click()
    assert tab.is_visible("text=Choose A and B in the table.")


def test_a_run_is_highlighted_by_keyboard_mouse_and_from_its_curve(shown):
    tab = shown(viz.compare(swept()))
    faded = "ps => ps.map(p => p.classList.contains('faded'))"
    tab.locator("#runs tbody th button").nth(1).focus()
    assert tab.eval_on_selector_all("#chart .curve", faded) == [True, False, True]
    tab.keyboard.press("Enter")
    tab.locator("#filter").focus()
    assert tab.eval_on_selector_all("#chart .curve", faded) == [True, False, True]
    tab.click("#runs tbody tr:nth-child(2) th button")
    tab.mouse.move(0, 0)
    tab.locator("#filter").focus()
    assert tab.eval_on_selector_all("#chart .curve", faded) == [False] * 3
    x, y = tab.evaluate("[chart.px(3), chart.py(0.5)]")  # where Adam ends
    box = tab.locator("#chart").bounding_box()
    tab.mouse.move(box["x"] + x, box["y"] + y)
    assert tab.inner_text("#tip") == "Adam, 0.1, seed 0: loss 0.5, 3"
    assert tab.eval_on_selector_all("#chart .curve", faded) == [True, True, False]


def test_curves_over_seconds_smoothed_and_colored_by_a_parameter(shown):
    runs = {f"{k}": made([4.0, 2.0, 1.0], seconds=[0.5, 0.5, 1.0]) for k in range(3)}
    tab = shown(viz.compare(runs))
    tab.select_option("#over", "seconds")
    assert tab.evaluate("lines[0].x") == [0.5, 1, 2]
    tab.fill("#smooth", "0.5")
    np.testing.assert_allclose(
        tab.evaluate("lines[0].y"), [4, (0.25 * 4 + 0.5 * 2) / 0.75, (0.125 * 4 + 0.25 * 2 + 0.5) / 0.875]
    )
    tab = shown(viz.compare(swept()))
    tab.select_option("#color", "optimizer")
    assert tab.locator("#legend span").all_inner_texts() == ["optimizer SGD", "optimizer Adam"]
    styles = tab.eval_on_selector_all("#chart .curve", "ps => ps.map(p => p.style.stroke)")
    assert styles[0] == styles[1] != styles[2]


def test_a_run_that_explodes_does_not_flatten_the_others_unless_requested(shown):
    tab = shown(viz.compare({"good": made([4.0, 2.0, 1.0, 0.5, 0.3, 0.2, 0.1] * 3), "bad": made([4.0, 1e9])}))
    tab.uncheck("#log")
    assert tab.evaluate("chart.cut")
    tab.uncheck("#most")
    assert not tab.evaluate("chart.cut")


@pytest.mark.parametrize("log", [True, False])
def test_no_run_is_entirely_above_the_chart(shown, log):
    long, short = [0.68 - 0.001 * e for e in range(30)], [0.79 - 0.01 * e for e in range(3)]
    tab = shown(viz.compare({"long": made(long), "short": made(short)}))
    tab.set_checked("#log", log)
    ends = tab.evaluate("lines.map(line => chart.py(line.y.at(-1)) - chart.top)")
    assert len(ends) == 2
    assert min(ends) > 0


def test_the_best_accuracy_of_a_run_is_in_the_chart(shown):
    low, high = [0.1 + 0.001 * e for e in range(30)], [0.1, 0.5, 0.9]
    tab = shown(viz.compare({"low": made([1.0] * 30, accuracy=low), "high": made([1.0] * 3, accuracy=high)}))
    tab.select_option("#curve", label="accuracy")
    tab.uncheck("#log")
    assert min(tab.evaluate("lines.map(line => chart.py(line.y.at(-1)) - chart.top)")) >= 0


def test_nan_infinity_and_what_was_not_measured_look_different(shown):
    nan, inf = float("nan"), float("inf")
    runs = {"good": made([4.0, 2.0, 1.0], f1=[0.1, 0.2, 0.3]), "lost": made([4.0, 3.0, nan]), "over": made([5.0, inf, inf])}
    page = viz.compare(runs)
    cells = re.findall(r"<td[^>]*>(.*?)</td>", page.html)
    assert cells == ["1", "0.3", "NaN", "–", "∞", "–"]
    assert [line.split() for line in page.text.splitlines()[2:]] == [
        ["good", "1", "0.3"],
        ["lost", "NaN", "–"],
        ["over", "∞", "–"],
    ]
    tab = shown(page)
    assert tab.inner_text("#legend") == "× lost: NaN, from epoch 3; over: ∞, from epoch 2"
    assert tab.locator("#chart .lost").count() == 2
    lost, at = tab.evaluate(
        "[document.querySelector('#chart .lost').getBBox(), [chart.px(2), chart.py(3)]].map(v => v.x ? [v.x + 5, v.y + 5] : v)"
    )
    np.testing.assert_allclose(lost, at, atol=0.1)  # on the curve's last number
    tab.locator("#runs thead button", has_text="loss").click()
    assert names(tab) == ["good", "over", "lost"]
    tab.locator("#runs thead button", has_text="f1").click()
    assert names(tab)[0] == "good"
    for text, found in {"loss=nan": ["lost"], "loss!=nan": ["good", "over"], "loss=inf": ["over"], "loss<9": ["good"]}.items():
        tab.fill("#filter", text)
        assert sorted(names(tab)) == found
    tab.fill("#filter", "")
    tab.get_by_role("button", name="B: lost").click()
    tab.get_by_role("button", name="A: good").click()
    if tab.inner_text("#pair dd >> nth=0").strip() != "good":
        tab.get_by_role("button", name="A: good").click()
    assert tab.inner_text("#verdict") == "Points where A is below B: 1 of 2. Points where A or B is NaN or infinite: 1."
    rows = [row.split("\t") for row in tab.locator("#values tr").all_inner_texts()]
    assert rows[1:] == [["loss", "1", "NaN", "NaN"], ["f1", "0.3", "–", ""]]


def test_a_parameter_that_is_not_finite_is_written(tmp_path):
    rows = [{"key": "a", "params": {"clip": float("inf")}, "seed": None, "status": "ok", "result": {"loss": None}}]
    (run,) = data_of(viz.compare(train.Sweep(rows)))["runs"]
    assert run["params"] == {"clip": {"$number": "Infinity"}}
    assert run["result"] == {"loss": {"$number": "NaN"}}


@pytest.mark.parametrize(("theme", "paper"), [("light", "rgb(244, 245, 247)"), ("dark", "rgb(13, 17, 23)")])
def test_a_phone_shows_the_page_in_both_themes_without_scrolling_sideways(shown, theme, paper):
    tab = shown(viz.compare(swept()), width=380, color_scheme=theme)
    assert tab.evaluate("document.documentElement.scrollWidth") <= 380
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == paper


def test_the_page_speaks_korean(shown, monkeypatch):
    monkeypatch.setenv("TINYGRAD_EDU_LANG", "ko")
    tab = shown(viz.compare(swept()))
    assert tab.inner_text("#verdict") == "3개 지점 가운데 2개에서 A가 B보다 낮습니다."
    heads = ["이름", "A − B", "optimizer", "lr", "seed", "상태", "loss", "초", "참고"]
    assert tab.locator("#runs thead th").all_inner_texts() == heads
    for term in ("상태!=ok", "status!=ok"):  # a heading can be typed as it is shown
        tab.fill("#filter", term)
        assert names(tab) == ["Adam, 9.0, seed 0"]
    tab.fill("#filter", "rate<1")
    assert "있는 열: 이름, optimizer, lr, seed, 상태, loss, 초, 참고" in tab.inner_text("#fault")
    tab.fill("#filter", "")
    tab.select_option("#language", "en")
    heads = ["name", "A − B", "optimizer", "lr", "seed", "status", "loss", "seconds", "note"]
    assert tab.locator("#runs thead th").all_inner_texts() == heads
