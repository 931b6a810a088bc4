"""The page: what is in the file, and, in a real browser, what it does."""

import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn, viz


def neuron():
    names = {"x1": 2.0, "w1": -3.0, "x2": 0.0, "w2": 1.0, "b": 6.8813735870195432}
    t = {name: tg.tensor(v, requires_grad=True) for name, v in names.items()}
    o = (t["x1"] * t["w1"] + t["x2"] * t["w2"] + t["b"]).tanh()
    o.backward()
    return viz.graph(o, names={**t, "o": o})


def network(blocks=1):
    model = nn.Sequential(*[nn.MLP([3, 4, 3]) for _ in range(blocks)])
    loss = (model(tg.ones(2, 3)) ** 2).mean()
    loss.backward()
    return viz.graph(loss, model)


class Page(HTMLParser):
    """Collects the tags, and the text of each script."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.scripts, self.open = [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag == "script":
            self.scripts.append("")
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag == "script":
            self.open.pop()

    def handle_data(self, data):
        if self.open:
            self.scripts[-1] += data


def test_hostile_names_pass_through_the_page(hostile, tmp_path):
    x = tg.tensor([1.0, 2.0], requires_grad=True)
    x.name = hostile
    y = (x * 2).sum()
    y.backward()
    text = Path(viz.graph(y).save(tmp_path / "g.html")).read_text("utf-8")
    page = Page(text)
    assert len(page.scripts) == 2  # the data and the program: no name opened or closed one
    data = json.loads(page.scripts[0])
    assert data["nodes"][0]["label"] == ((hostile if len(hostile) <= 200 else hostile[:199] + "…") or "parameter")
    assert [tag for tag, _ in page.tags].count("svg") == 1


def test_the_page_fetches_nothing():
    text = neuron()._written(".html")
    assert "default-src 'none'" in text
    assert not re.search(r"""(src|href)\s*=|url\(|@import|https?://(?!www\.w3\.org)""", text.replace("default-src", ""))


def test_the_page_reads_without_scripts():
    text = neuron()._written(".html")
    assert "Scripts are off" in text
    assert "● o = tanh" in text
    assert 'class="view"' in text


def test_the_steps_hold_the_engines_gradients():
    steps = json.loads(Page(neuron()._written(".html")).scripts[0])["steps"]
    assert [s["phase"] for s in steps] == ["forward"] * 5 + ["backward"] * 5
    totals = {send["to"]: send["total"] for s in steps for send in s["sends"]}
    nodes = neuron().nodes
    assert {nodes[i].name: float(v) for i, v in totals.items() if nodes[i].name} == {
        "b": 0.5, "x1": -1.5, "w1": 1.0, "x2": 0.5, "w2": 0.0,
    }  # fmt: skip


def test_a_page_has_a_view_for_each_depth_of_modules():
    labels = re.findall(r'data-label="([^"]*)"', network()._written(".html"))
    assert labels == ["all open", "to depth 2", "to depth 1"]


def test_a_graph_that_was_collapsed_can_be_opened_on_its_page():
    def labels(g):
        return re.findall(r'data-label="([^"]*)"', g._written(".html"))

    assert labels(network().with_options(depth=1)) == ["to depth 1", "all open", "to depth 2"]
    assert labels(network(3).with_options(max_nodes=8))[:2] == ["as asked", "all open"]


def test_a_notebook_gets_a_sandboxed_frame():
    html = neuron()._repr_mimebundle_()["text/html"]
    assert html.startswith('<iframe sandbox="allow-scripts" srcdoc="')
    (frame,) = [attrs for tag, attrs in Page(html).tags if tag == "iframe"]
    assert frame["srcdoc"].startswith("<!doctype html>")
    assert "allow-same-origin" not in frame["sandbox"]


@pytest.mark.slow
def test_the_page_of_a_large_graph_is_folded_and_small():
    y = tg.tensor(1.0, requires_grad=True)
    for _ in range(20_000):
        y = y * 1.00001
    g = viz.graph(y)
    assert len(g._written(".html")) < 100_000
    assert "text/html" not in g._repr_mimebundle_()


@pytest.mark.slow
def test_the_page_of_a_large_graph_works(opened):
    y = tg.tensor(1.0, requires_grad=True)
    for _ in range(20_000):
        y = y * 1.00001
    page = opened(viz.graph(y))
    page.click("[data-nodes].tg-output")
    assert "multiply" in page.inner_text("#details h2")


# --- in a browser ---


@pytest.fixture(scope="module")
def browser():
    sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright to drive a browser")
    binary = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if binary is None:
        pytest.skip("needs Chromium")
    with sync_api.sync_playwright() as p:
        b = p.chromium.launch(executable_path=binary, args=["--no-sandbox"])
        yield b
        b.close()


@pytest.fixture
def opened(browser, tmp_path):
    """A function that opens a graph as a page; at the end nothing may have been said or asked for."""
    noise, pages = [], []

    def open_(g, **options):
        path = g.save(tmp_path / "g.html")
        page = browser.new_page(viewport={"width": 1200, "height": 800}, **options)
        page.on("console", lambda m: noise.append(m.text))
        page.on("pageerror", lambda e: noise.append(str(e)))
        page.on("request", lambda r: noise.append(r.url) if not r.url.endswith("g.html") else None)
        page.goto(f"file://{path}")
        pages.append(page)
        return page

    yield open_
    for page in pages:
        page.close()
    assert noise == []


def test_the_arrow_keys_step_forward_and_then_backward(opened):
    page = opened(neuron())
    said = []
    for _ in range(10):
        page.keyboard.press("ArrowRight")
        said.append(page.inner_text("#said"))
    assert said[0] == "#2 multiply = x1 · w1 = 2 · -3 = -6"
    assert "o: g = ∂o/∂o = 1\ng · (1 - o · o) = 1 · (1 - 0.7071 · 0.7071) = 0.5 → #8" in said[5]
    assert "g · w1 = 0.5 · -3 = -1.5 → x1" in said[9]
    page.keyboard.press("ArrowLeft")
    assert page.inner_text("#said") == said[8]
    assert page.inner_text("#count") == "backward 4 / 5"


def test_gradients_appear_as_they_arrive(opened):
    page = opened(neuron())
    for _ in range(6):  # five forward, the first backward
        page.keyboard.press("ArrowRight")
    shown = page.eval_on_selector_all(
        "text.tg-grad", "ts => ts.filter(t => !t.classList.contains('later')).map(t => t.textContent)"
    )
    assert sorted(shown) == ["grad 0.5", "grad 1"]
    page.keyboard.press("Home")
    shown = page.eval_on_selector_all("text.tg-grad", "ts => ts.filter(t => !t.classList.contains('later')).length")
    assert shown == 10


def test_hostile_names_work_in_a_browser(opened, hostile_names):
    leaves = []
    for name in hostile_names:
        x = tg.tensor(1.0, requires_grad=True)
        x.name = name
        leaves.append(x)
    y = tg.stack([x.tanh() for x in leaves]).sum()
    y.name = hostile_names[1]  # </script>
    y.backward()
    g = viz.graph(y)
    page = opened(g)
    ids = {n.name: n.id for n in g.nodes if n.name}
    for name in (name for name in hostile_names if name.isprintable() and 0 < len(name.strip()) < 100):
        page.evaluate("id => pick(id)", ids[name])
        assert page.text_content("#details h2") == f"#{ids[name]}  {name}"
    page.keyboard.press("End")
    assert page.inner_text("#count").startswith("backward")


def test_where_paths_meet_the_running_gradient_is_shown(opened):
    x = tg.tensor(3.0, requires_grad=True)
    y = x * x + x
    y.backward()
    page = opened(viz.graph(y, names={"x": x}))
    seen = []
    for _ in range(4):
        page.keyboard.press("ArrowRight")
        seen.append(page.text_content("text.tg-grad >> nth=0") if page.is_visible("text.tg-grad >> nth=0") else "")
    assert seen[2:] == ["grad 1", "grad 7"]


def test_the_keyboard_alone_reaches_a_node_and_its_numbers(opened):
    page = opened(neuron())
    page.keyboard.press("/")
    page.keyboard.type("w1")
    page.keyboard.press("Enter")
    assert page.inner_text("#details h2").split() == ["#1", "w1"]
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "w1, parameter, scalar, -3"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert "multiply" in page.inner_text("#details h2")
    assert "what it sends back" in page.inner_text("#details")


def test_escape_leads_back_to_the_beginning(opened):
    page = opened(neuron())
    page.click(".tg-node:has-text('w1') >> nth=0")
    page.keyboard.press("Escape")
    assert page.inner_text("#details h2") == "What to do here"
    assert page.locator(".dim, .picked").count() == 0


def unlike_steps(n=120):
    """A chain that cannot be folded, every third value of which is used again at the end."""
    y, kept = tg.tensor([1.0], requires_grad=True), []
    for op in np.random.default_rng(0).integers(0, 3, n):
        y = (y.tanh(), y.cos(), y.sin())[op]
        kept.append(y)
    y = tg.stack(kept[::3]).sum()
    y.backward()
    return viz.graph(y, max_nodes=60)


def numbers(*texts):
    """The nodes that boxes stand for."""
    return {int(i) for text in texts for i in text.split()}


def test_arrows_know_their_boxes_where_some_are_left_out(opened):
    g = unlike_steps()
    page = opened(g)
    assert page.locator("text[data-box]").count() > 0  # "… left out"
    page.evaluate("go(steps.findIndex(s => s.phase === 'backward') + 1)")
    found = page.evaluate("arrows.map(a => [a.source && a.source.dataset.nodes, a.target.dataset.nodes])")
    drawn = numbers(*page.evaluate("boxes.map(box => box.dataset.nodes)"))
    for source, target in found:
        wanted = {i for m in numbers(target) for i in g.nodes[m].inputs}
        assert wanted & numbers(source) if source else not wanted & drawn  # without a source: from what is left out
    assert {source is None for source, _ in found} == {True, False}
    flowing = page.evaluate("arrows.filter(a => a.classList.contains('flow')).map(a => a.target.classList.contains('now'))")
    assert flowing
    assert all(flowing)


def test_drawings_of_one_leaf_light_up_together(opened):
    w, h = tg.tensor([[0.5]], requires_grad=True), tg.ones(1, 1)
    for _ in range(5):
        h = (h @ w).tanh()
    page = opened(viz.graph(h.sum(), names={"w": w}))
    drawings = page.locator(".tg-node.tg-parameter[data-nodes]")
    assert drawings.count() == 5
    drawings.nth(2).hover()
    assert page.locator(".twin").count() == 5
    page.mouse.move(0, 0)
    assert page.locator(".twin").count() == 0
    drawings.nth(0).focus()
    assert page.locator(".twin").count() == 5
    drawings.nth(0).click()
    assert "5 times, once at each use" in page.inner_text("#details")


def test_a_finding_leads_to_its_node(opened):
    x = tg.tensor([1.0, -1.0], requires_grad=True)
    with np.errstate(all="ignore"):
        page = opened(viz.graph(tg.log(x).sum()))
    page.click("#details li button >> nth=0")
    assert "log" in page.inner_text("#details h2")


def test_without_scripts_nothing_is_shown_that_would_do_nothing(opened):
    page = opened(network(), java_script_enabled=False)
    for control in ("button", "select", "input", "footer"):
        assert page.locator(f"{control}:visible").count() == 0
    assert page.is_visible(".view svg")
    assert page.is_visible("text=Scripts are off")
    page.click("summary")
    assert page.is_visible("text=● mean")


def test_ancestors_and_descendants_stay_bright(opened):
    page = opened(neuron())
    page.click(".tg-node:has-text('x1') >> nth=0")
    dim = page.eval_on_selector_all(".tg-node.dim .tg-name", "ts => ts.map(t => t.textContent)")
    assert sorted(dim) == ["b", "multiply", "w1", "w2", "x2"]


def test_modules_collapse_and_colours_change(opened):
    page = opened(network(2))
    page.select_option("#depth", label="to depth 1")
    assert page.locator(".view:visible [data-nodes].tg-module").count() == 2
    page.select_option("#colour", "grad")
    fills = page.eval_on_selector_all(".view:not([hidden]) .tg-box", "rs => rs.map(r => r.style.fill)")
    assert any("rgba" in f for f in fills)
    page.select_option("#colour", "role")
    assert not page.locator("#colour [value=time]").is_visible()  # nothing measured it
    assert page.evaluate("document.querySelector('#colour [value=time]').hidden")


def test_the_colour_menu_says_what_it_shows_and_from_where_to_where(opened):
    x = tg.tensor([3.0, -4.0], requires_grad=True)
    y = (x * 10).sum()
    y.backward()
    page = opened(viz.graph(y))
    offered = page.eval_on_selector_all("#colour option", "os => os.filter(o => !o.hidden).map(o => o.textContent)")
    assert offered == ["role", "gradient norm", "value range", "memory", "order", "module"]
    said = {}
    for kind in ("grad", "value", "bytes", "role"):
        page.select_option("#colour", kind)
        said[kind] = page.inner_text("#meaning")
    assert said == {
        "grad": "colour: gradient norm, from 1 (pale) to 14.14 (strong)",  # of x: |(10, 10)|
        "value": "colour: value range, max |x|, from 4 (pale) to 40 (strong)",
        "bytes": "colour: memory, from 4 B (pale) to 8 B (strong)",
        "role": "",
    }


def test_inside_a_trace_the_page_knows_the_time_of_each_op(opened):
    x = tg.tensor([1.0, 2.0], requires_grad=True)
    with viz.trace():
        y = x.tanh().sum()
    page = opened(viz.graph(y, color="time"))
    assert page.input_value("#colour") == "time"

    def filled():
        return page.eval_on_selector_all("[data-nodes] .tg-box", "rs => rs.filter(r => r.style.fill.startsWith('rgb')).length")

    assert filled() == 2  # as drawn
    page.select_option("#colour", "role")
    assert filled() == 0
    page.select_option("#colour", "time")
    assert filled() == 2
    said = page.inner_text("#meaning")
    assert re.search(r", from [\d.]+ (µs|ms|s) \(pale\) to [\d.]+ (µs|ms|s) \(strong\)$", said), said
    page.click(".tg-node:has-text('tanh')")
    assert "time" in page.inner_text("#details")


def test_the_first_nan_is_one_key_away(opened):
    x = tg.tensor([1.0, -1.0], requires_grad=True)
    with np.errstate(all="ignore"):
        g = viz.graph(tg.log(x).sum())
    page = opened(g)
    page.keyboard.press("n")
    assert "log" in page.inner_text("#details h2")
    assert "NaN appears" in page.inner_text("#details")


def test_a_gradient_that_is_not_finite_is_one_key_away_where_all_values_are(opened):
    x = tg.tensor([0.0, 1.0], requires_grad=True)
    y = x.sqrt().sum()
    with np.errstate(all="ignore"):
        y.backward()
        page = opened(viz.graph(y))
    page.keyboard.press("n")
    assert "sqrt" in page.inner_text("#details h2")
    assert page.is_visible("#first-bad")


@pytest.mark.parametrize(("theme", "paper"), [("light", "rgb(255, 255, 255)"), ("dark", "rgb(13, 17, 23)")])
def test_both_themes_colour_page_and_picture_alike(opened, theme, paper):
    page = opened(neuron(), color_scheme=theme)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == paper
    assert page.evaluate("getComputedStyle(document.querySelector('.tg-paper')).fill") == paper
