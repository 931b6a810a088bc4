"""In a notebook: the one display that fit updates, and pages as widgets whose state Python reads."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn, optim, train, viz
from tinygrad_edu.train.records import live_plot

ROOT = Path(__file__).parents[2]

# --- one display ---


class Handle:
    """A replacement for IPython's display handle."""

    def __init__(self):
        self.shown = []

    def update(self, picture):
        self.shown.append(picture)


@pytest.fixture
def screen(monkeypatch):
    """What is displayed: a list of handles, each with its pictures."""
    ipython_display = pytest.importorskip("IPython.display", reason="needs IPython")
    handles = []

    def display(picture, display_id):
        assert display_id is True
        handles.append(Handle())
        handles[-1].update(picture)
        return handles[-1]

    monkeypatch.setattr(ipython_display, "display", display)
    monkeypatch.setattr(live_plot, "in_a_notebook", lambda: True)
    return handles


def fitted(*callbacks, **options):
    tg.manual_seed(0)
    X, y = tg.data.moons(60)
    model = nn.MLP([2, 8, 1])
    rule = optim.Adam(model.parameters(), lr=0.02)
    options = {"loss": "binary_crossentropy", "metrics": ["acc"], "epochs": 4, "optimizer": rule, **options}
    return train.fit(model, X, y, progress=False, seed=0, callbacks=callbacks, **options)


def test_fit_updates_one_display_and_its_numbers_stay_the_same(screen):
    assert fitted(train.LivePlot(0.0)).steps["loss"] == fitted().steps["loss"]
    (handle,) = screen
    assert len(handle.shown) == 4 * 2 + 1  # after each update, and at the end
    last = handle.shown[-1]
    assert last.text.startswith("epoch 4, update 8: loss ")
    for words in ("loss (log scale)", "metrics", "decision boundary"):
        assert words in last.svg


def test_the_display_is_drawn_no_more_often_than_requested(screen):
    fitted(train.LivePlot(1000.0))
    assert [len(handle.shown) for handle in screen] == [2]  # the first update, and the end


def test_a_curve_and_a_model_of_many_features_are_drawn_too(screen):
    x = np.linspace(-2, 2, 40, dtype=np.float32)[:, None]
    train.fit(nn.MLP([1, 8, 1]), x, np.sin(x), epochs=2, progress=False, callbacks=[train.LivePlot()])
    train.fit(nn.MLP([5, 8, 1]), np.tile(x, 5), np.sin(x), epochs=2, progress=False, callbacks=[train.LivePlot()])
    curve, plain = (handle.shown[-1].svg for handle in screen)
    assert "fitted curve" in curve
    assert "fitted curve" not in plain
    assert "decision boundary" not in plain


def test_outside_a_notebook_nothing_is_shown(monkeypatch):
    monkeypatch.setitem(sys.modules, "IPython.display", None)
    assert len(fitted(train.LivePlot())["loss"]) == 4


def test_the_saved_notebook_has_only_the_last_picture():
    nbclient = pytest.importorskip("nbclient", reason="needs nbclient and a kernel")
    nbformat = pytest.importorskip("nbformat", reason="needs nbformat")
    pytest.importorskip("ipykernel", reason="needs a kernel")
    code = (
        "import tinygrad_edu as tg\nX, y = tg.data.moons(60)\n"
        "h = tg.train.fit(tg.nn.MLP([2, 8, 1]), X, y, loss='binary_crossentropy', epochs=3, progress=False, "
        "callbacks=[tg.train.LivePlot(0.0)])"
    )
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    nbclient.NotebookClient(book, timeout=120, kernel_name="python3").execute(env=environment)
    pictures = [o for o in book.cells[0].outputs if "image/svg+xml" in o.get("data", {})]
    assert len(pictures) == 1
    assert "epoch 3, update 6" in pictures[0]["data"]["image/svg+xml"]


# --- widgets ---


def test_a_page_is_a_widget_whose_weights_are_arrays():
    pytest.importorskip("anywidget", reason="needs anywidget: pip install anywidget")
    widget = viz.playground().widget()
    assert widget.page.startswith("<!doctype html>")
    assert widget.weights == []
    widget.state = {"step": 3, "lanes": [{"rule": "SGD", "weights": [{"shape": [1, 2], "values": [0.5, 1.0]}]}]}
    np.testing.assert_array_equal(widget.weights[0][0], [[0.5, 1.0]])


def test_without_anywidget_the_error_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "anywidget", None)
    monkeypatch.delitem(sys.modules, "tinygrad_edu.viz.render.page_widget", raising=False)
    with pytest.raises(ImportError, match="pip install anywidget"):
        viz.race(["SGD"], steps=2, lr=0.1).widget()


HARNESS = """<!doctype html><body><div id="place"></div><script type="module">
const values = { page: PAGE, title: "t", height: 600, command: {} }, listeners = {};
window.command = what => { values.command = what; listeners["change:command"](); };
window.state = null;
const model = {
  get: name => values[name],
  set: (name, value) => { window.pending = value; },
  save_changes: () => { window.state = window.pending; },
  on: (name, f) => { listeners[name] = f; },
  off: name => { delete listeners[name]; },
};
SCRIPT
window.gone = render({ model, el: document.getElementById("place") });
</script></body>"""


class Harness:
    """A page that contains a widget, as a notebook does."""

    def __init__(self, page):
        from tinygrad_edu.viz.render.page_widget import SCRIPT

        script = SCRIPT.replace("export default { render };", "")
        self.html = HARNESS.replace("SCRIPT", script).replace("PAGE", json.dumps(page).replace("<", "\\u003c"))

    def save(self, path):
        path.write_text(self.html, encoding="utf-8")
        return path


def reported(tab, holds):
    """The state, once it satisfies the condition."""
    for _ in range(100):
        state = tab.evaluate("window.state")
        if state is not None and holds(state):
            return state
        tab.wait_for_timeout(100)
    raise AssertionError(f"no state satisfied the condition; the last one: {str(state)[:300]}")


def test_the_race_reports_what_is_changed_in_it(shown):
    pytest.importorskip("anywidget", reason="needs anywidget for the widget's script")
    race = viz.race(["SGD", "Momentum"], "quadratic", steps=20, lr=0.05)
    tab = shown(Harness(race.html()), height=1000)
    frame = tab.frames[1]
    state = reported(tab, lambda s: True)
    np.testing.assert_allclose(state["lanes"][1]["path"], race.lanes[1].path, rtol=1e-9, atol=1e-12)
    frame.focus("#start")
    tab.keyboard.press("ArrowRight")
    state = reported(tab, lambda s: s["start"][0] > race.lanes[0].path[0, 0] + 0.1)
    again = viz.race(["SGD"], "quadratic", steps=20, lr=0.05, start=tuple(state["start"]))
    np.testing.assert_allclose(state["lanes"][0]["path"], again.lanes[0].path, rtol=1e-9, atol=1e-12)


def test_the_playground_reports_its_weights(shown):
    pytest.importorskip("anywidget", reason="needs anywidget for the widget's script")
    from tinygrad_edu.viz.render.page_widget import PageWidget

    page = viz.playground()
    tab = shown(Harness(page.html), height=1000)
    state = reported(tab, lambda s: s["step"] == 0)
    assert [lane["rule"] for lane in state["lanes"]] == ["SGD", "Adam"]
    widget = PageWidget(page=page.html, title=page.title)
    widget.state = state
    tg.manual_seed(0)
    first = nn.MLP([2, 8, 8, 1])
    for ours, theirs in zip(widget.weights[0], first.parameters(), strict=True):
        np.testing.assert_allclose(ours, theirs.detach().numpy(), rtol=1e-6)
    tab.frames[1].click("#next")
    state = reported(tab, lambda s: s["step"] == 1)
    widget.state = state
    assert not np.allclose(widget.weights[0][0], first[0].weight.detach().numpy())


def test_commands_of_the_widget_differ_each_time():
    pytest.importorskip("anywidget", reason="needs anywidget: pip install anywidget")
    widget = viz.playground().widget()
    seen = []
    widget.observe(lambda change: seen.append(change.new), "command")
    widget.load("#data=xor&seed=3")
    widget.play()
    widget.pause()
    widget.play()
    assert [{k: v for k, v in what.items() if k != "number"} for what in seen] == [
        {"open": "data=xor&seed=3"}, {"play": True}, {"play": False}, {"play": True},
    ]  # fmt: skip
    assert [what["number"] for what in seen] == [1, 2, 3, 4]


def test_the_notebook_sets_and_plays_the_playground(shown):
    pytest.importorskip("anywidget", reason="needs anywidget for the widget's script")
    tab = shown(Harness(viz.playground().html), height=1000)
    reported(tab, lambda s: s["step"] == 0)
    tab.evaluate("command({ open: 'data=xor&seed=3&layers=4&lanes=Momentum~lr=0.05', number: 1 })")
    state = reported(tab, lambda s: [lane["rule"] for lane in s["lanes"]] == ["Momentum"])
    tg.manual_seed(3)
    for part, theirs in zip(state["lanes"][0]["weights"], nn.MLP([2, 4, 1]).parameters(), strict=True):
        np.testing.assert_allclose(part["values"], theirs.detach().numpy().ravel(), rtol=1e-6)
    tab.evaluate("command({ play: true, number: 2 })")
    tab.wait_for_timeout(500)
    tab.evaluate("command({ play: false, number: 3 })")
    state = reported(tab, lambda s: s["step"] > 0)
    tab.wait_for_timeout(300)
    assert tab.evaluate("window.state.step") == tab.frames[1].evaluate("T")


def test_the_notebook_sets_and_plays_the_race(shown):
    pytest.importorskip("anywidget", reason="needs anywidget for the widget's script")
    tab = shown(Harness(viz.race(["SGD", "Momentum"], "quadratic", steps=20, lr=0.05).html()), height=1000)
    reported(tab, lambda s: s["step"] == 20)
    tab.evaluate("command({ open: 'surface=beale&steps=30&step=4&rules=SGD:lr=0.002', number: 1 })")
    state = reported(tab, lambda s: s["surface"] == "Beale")
    assert (state["steps"], state["step"], state["lanes"][0]["options"]["lr"]) == (30, 4, 0.002)
    tab.evaluate("command({ play: true, number: 2 })")
    reported(tab, lambda s: s["step"] > 4)
    tab.evaluate("command({ play: false, number: 3 })")
    assert tab.frames[1].inner_text("#play") == "Play"


# --- in JupyterLab ---


@pytest.mark.slow
def test_jupyterlab_shows_the_widget_and_python_reads_it(chromium, tmp_path):
    pytest.importorskip("anywidget", reason="needs anywidget")
    pytest.importorskip("jupyterlab", reason="needs JupyterLab")
    nbformat = pytest.importorskip("nbformat", reason="needs nbformat")
    cells = [
        "import tinygrad_edu as tg\nwidget = tg.viz.race(['SGD'], 'quadratic', steps=20, lr=0.05).widget()\nwidget",
        "print('start', round(widget.state['start'][0], 3), len(widget.state['lanes'][0]['path']))",
        "play = tg.viz.playground().widget()\nplay",
        "print('weights', [w.shape for w in play.weights[0]][:2])",
    ]
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code) for code in cells])
    book.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}  # or Lab asks for one
    nbformat.write(book, tmp_path / "race.ipynb")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = [
        "--no-browser",
        "--allow-root",
        f"--port={port}",
        "--ServerApp.token=",
        "--ServerApp.password=",
        "--LabApp.news_url=",
    ]
    places = {
        name: str(tmp_path / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR")
    }
    environment = {**os.environ, **places, "PYTHONPATH": str(ROOT)}
    lab = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", *options],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(f"http://127.0.0.1:{port}/api/status")
        tab = chromium.new_page(viewport={"width": 1400, "height": 1000})
        tab.goto(f"http://127.0.0.1:{port}/lab/tree/race.ipynb?reset")
        tab.locator(".jp-Notebook .jp-CodeCell").first.click(timeout=90_000)
        tab.keyboard.press("Shift+Enter")
        frame = tab.frame_locator("iframe[sandbox='allow-scripts']")
        frame.locator("#start").focus(timeout=90_000)
        tab.keyboard.press("ArrowRight")
        tab.wait_for_timeout(1500)
        tab.locator(".jp-Notebook .jp-CodeCell").nth(1).locator(".cm-content").click()
        tab.keyboard.press("Shift+Enter")
        printed = tab.locator(".jp-OutputArea-output pre", has_text="start")
        printed.wait_for(timeout=60_000)
        assert printed.inner_text().split() == ["start", "-3.34", "21"]  # from -3.5, a step of 2% of the width 8
        tab.keyboard.press("Shift+Enter")  # run the playground's cell, which is now selected
        tab.frame_locator("iframe[sandbox='allow-scripts'] >> nth=1").locator("#next").click(timeout=60_000)
        tab.wait_for_timeout(1500)
        tab.locator(".jp-Notebook .jp-CodeCell").nth(3).locator(".cm-content").click()
        tab.keyboard.press("Shift+Enter")
        printed = tab.locator(".jp-OutputArea-output pre", has_text="weights")
        printed.wait_for(timeout=60_000)
        assert printed.inner_text().strip() == "weights [(8, 2), (8,)]"
        tab.close()
    finally:
        lab.terminate()
        try:
            lab.wait(20)
        except subprocess.TimeoutExpired:
            lab.kill()
            lab.wait()


def _wait_for(address):
    for _ in range(240):
        try:
            urllib.request.urlopen(address, timeout=2).read()
            return
        except OSError:
            time.sleep(0.5)
    raise AssertionError(f"nothing answers at {address}")
