"""The page of a graph: the content of the file, and its behavior in a real browser."""

import json
import re
from collections import Counter
from dataclasses import replace
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


def test_every_color_that_the_page_uses_is_declared():
    page = neuron()._written(".html")
    used, declared = set(re.findall(r"var\((--[\w-]+)\)", page)), set(re.findall(r"(--[\w-]+):", page))
    assert "--now" in used
    assert used - declared - {"--taken"} == set()


def test_the_scripts_of_a_page_declare_each_name_once():
    script = "".join(Page(neuron()._written(".html")).scripts)
    names = re.findall(r"^(?:async )?(?:const|let|var|function\*?|class) (\w+)", script, re.MULTILINE)
    assert len(names) > 100
    assert [name for name, times in Counter(names).items() if times > 1] == []


def test_the_colors_of_all_pages_are_in_one_table():
    files = [path for path in Path(viz.__file__).parent.rglob("*") if path.suffix in (".css", ".html", ".js")]
    assert len(files) > 10
    assert [path.name for path in files if re.search(r"#[0-9a-fA-F]{6}\b", path.read_text(encoding="utf-8"))] == []


def test_the_page_can_be_read_without_scripts():
    text = neuron()._written(".html")
    assert "Scripts are off" in text
    assert "● o = tanh" in text
    assert 'class="view"' in text


def test_the_steps_hold_the_engines_gradients():
    data = json.loads(Page(neuron()._written(".html")).scripts[0])
    assert [phase for phase, _ in data["steps"]] == ["forward"] * 5 + ["backward"] * 5
    told = {n["id"]: n for n in data["nodes"]}
    totals = {to: total for phase, i in data["steps"] if phase == "backward" for to, _, total, *_ in told[i]["sends"]}
    nodes = neuron().nodes
    assert {nodes[i].name: float(v) for i, v in totals.items() if nodes[i].name} == {
        "b": 0.5, "x1": -1.5, "w1": 1.0, "x2": 0.5, "w2": 0.0,
    }  # fmt: skip


def test_a_page_holds_one_drawing_in_which_modules_fold_and_the_requested_one_if_it_has_repeated_steps():
    def labels(g):
        return re.findall(r'data-label="([^"]*)"', g._written(".html"))

    assert labels(network()) == ["expanded"]
    assert labels(network().with_options(depth=1)) == ["expanded"]
    y = tg.tensor(1.0, requires_grad=True)
    for _ in range(100):
        y = (y * 1.1).tanh()
    assert labels(viz.graph(y, max_nodes=20)) == ["as requested", "expanded"]
    y = tg.tensor(1.0, requires_grad=True)
    for k in range(12):
        y = (y * tg.ones(k + 2)).sum()  # nothing repeats, so distant nodes are left out
    assert labels(viz.graph(y, max_nodes=20)) == ["as requested", "expanded"]


def test_the_page_of_500_nodes_is_below_a_megabyte():
    layers = nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), 14).eval()
    loss = (layers(tg.ones(2, 5, 8)) ** 2).mean()
    loss.backward()
    g = viz.graph(loss, layers, max_nodes=1000)
    assert 450 < len(g) < 550
    assert len(g._written(".html").encode()) < 1_000_000


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
    assert "<iframe" not in g._repr_mimebundle_()["text/html"]


@pytest.mark.slow
def test_the_page_of_a_large_graph_works(opened):
    y = tg.tensor(1.0, requires_grad=True)
    for _ in range(20_000):
        y = y * 1.00001
    page = opened(viz.graph(y))
    page.click("[data-nodes].tg-output")
    assert "multiply" in page.inner_text("#details h2")


# --- in a browser ---


def wait(page, condition):
    """Wait until a JavaScript expression is true; the page's security policy forbids wait_for_function to evaluate a string."""
    for _ in range(200):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(20)
    raise AssertionError(f"never true: {condition}")


@pytest.fixture
def opened(chromium, tmp_path):
    """A function that opens a graph as a page; at the end the console must be empty and nothing may have been fetched."""
    noise, pages = [], []

    def open_(g, **options):
        path = g.save(tmp_path / "g.html")
        page = chromium.new_page(viewport={"width": 1200, "height": 800}, **options)
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
    told = said[5].replace("\u00a0", " ").split("\n")
    assert told[0] == "o: g = ∂o/∂o = 1"
    assert told[1].split("      ") == [
        "∂o/∂#8 = 1 - o · o = 0.5", "g · (1 - o · o) = 1 · (1 - 0.7071 · 0.7071) = 0.5 → #8"
    ]  # fmt: skip
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
    assert page.inner_text("#details h2") == "How to use this page"
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
    """The ids of the nodes that boxes represent."""
    return {int(i) for text in texts for i in text.split()}


def test_arrows_refer_to_their_boxes_where_some_are_left_out(opened):
    g = unlike_steps()
    page = opened(g)
    assert page.locator("text[data-box]").count() > 0  # "… left out"
    page.evaluate("go(steps.findIndex(s => s.phase === 'backward') + 1)")
    found = page.evaluate("arrows.map(a => [a.source && a.source.dataset.nodes, a.target.dataset.nodes])")
    drawn = numbers(*page.evaluate("boxes.map(box => box.dataset.nodes)"))
    for source, target in found:
        wanted = {i for m in numbers(target) for i in g.nodes[m].inputs}
        assert wanted & numbers(source) if source else not wanted & drawn  # without a source: from a box that is left out
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


def test_without_scripts_no_control_is_shown(opened):
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


def test_modules_collapse_and_colors_change(opened):
    page = opened(network(2))
    page.select_option("#depth", label="to depth 1")
    assert page.locator(".tg-group.folded:visible").count() == 2
    assert page.locator("[data-nodes]:visible").count() == 3  # the data, the square and the mean
    page.select_option("#color", "grad")
    fills = page.eval_on_selector_all(".view:not([hidden]) .tg-box", "rs => rs.map(r => r.style.fill)")
    assert any("rgba" in f for f in fills)
    page.select_option("#color", "role")
    assert not page.locator("#color [value=time]").is_visible()  # it was not measured
    assert page.evaluate("document.querySelector('#color [value=time]').hidden")


def test_the_color_menu_shows_its_quantity_and_range(opened):
    x = tg.tensor([3.0, -4.0], requires_grad=True)
    y = (x * 10).sum()
    y.backward()
    page = opened(viz.graph(y))
    offered = page.eval_on_selector_all("#color option", "os => os.filter(o => !o.hidden).map(o => o.textContent)")
    assert offered == ["role", "gradient norm", "magnitude", "memory", "order", "module"]
    said = {}
    for kind in ("grad", "value", "bytes", "role"):
        page.select_option("#color", kind)
        said[kind] = page.inner_text("#meaning")
    assert said == {
        "grad": "color: gradient norm, from 1 (pale) to 14.14 (strong)",  # of x: |(10, 10)|
        "value": "color: largest magnitude, max |x|, from 4 (pale) to 40 (strong)",
        "bytes": "color: memory, from 4 B (pale) to 8 B (strong)",
        "role": "",
    }


def test_inside_a_trace_the_page_shows_the_time_of_each_op(opened):
    x = tg.tensor([1.0, 2.0], requires_grad=True)
    with viz.trace():
        y = x.tanh().sum()
    page = opened(viz.graph(y, color="time"))
    assert page.input_value("#color") == "time"

    def filled():
        return page.eval_on_selector_all("[data-nodes] .tg-box", "rs => rs.filter(r => r.style.fill.startsWith('rgb')).length")

    assert filled() == 2  # as drawn
    page.select_option("#color", "role")
    assert filled() == 0
    page.select_option("#color", "time")
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
def test_page_and_picture_have_the_background_of_the_theme(opened, theme, paper):
    page = opened(neuron(), color_scheme=theme)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == paper
    assert page.evaluate("getComputedStyle(document.querySelector('.tg-paper')).fill") == paper


# --- backward ---


def chips(page):
    return page.eval_on_selector_all(".tg-sent .tg-chip-text", "ts => ts.map(t => t.textContent)")


def test_arrows_of_the_backward_pass_point_back_and_are_labeled_with_their_gradient(opened):
    page = opened(neuron())
    page.evaluate("go(steps.length)")  # x1 · w1: g = 0.5
    assert sorted(chips(page)) == ["0.5 · -3 = -1.5", "0.5 · 2 = 1"]
    heads = page.evaluate("""[...document.querySelectorAll(".tg-arrow.flow")].map(a => {
        const back = [...document.querySelectorAll(".tg-back")].map(b => b.getBBox());
        const source = a.source.at, target = a.target.at, near = b => Math.abs(b.y - source.y - source.h) < 2;
        return [getComputedStyle(a.querySelector(".tg-head")).visibility, back.some(near), source.y < target.y];
    })""")
    assert heads == [["hidden", True, True]] * 2
    moving = page.evaluate("getComputedStyle(document.querySelector('.flow .tg-edge')).animationName")
    assert moving == "flow-back"
    page.evaluate("go(1)")
    assert chips(page) == []
    assert page.locator(".tg-back").count() == 0


def test_a_step_of_a_large_graph_writes_only_the_texts_that_change_and_moves_nothing(opened):
    """Rewriting all texts, restyling the picture, and animations each made a step take several times as long."""
    x = h = tg.tensor([1.0], requires_grad=True)
    for _ in range(320):
        h = h.tanh()
    h.backward()
    page = opened(viz.graph(h, names={"x": x}, max_nodes=1000))
    page.evaluate("""window.mutations = 0; new MutationObserver(seen => { window.mutations += seen.length; })
        .observe(document.querySelector("#stage"), { childList: true, characterData: true, subtree: true })""")
    page.evaluate("go(1)")
    page.wait_for_function("() => getComputedStyle(document.querySelector('.tg-node.dim')).opacity === '0.22'")
    assert page.evaluate("mutations") <= 2  # at most what is sent
    page.evaluate("go(steps.length)")
    style = "getComputedStyle(document.querySelector('{}'))"
    assert page.evaluate(style.format(".flow .tg-edge") + ".animationName") == "none"
    assert page.evaluate(style.format(".tg-node") + ".transitionDuration") == "0s"
    inherited = style.format("#stage svg") + ".getPropertyValue('--taken')"
    page.evaluate("document.querySelector('#stage').style.setProperty('--taken', '123px')")
    assert page.evaluate(inherited) == "304px"  # its own, not that of the stage around it


def test_the_first_step_of_a_large_graph_dims_what_is_visible_at_once_and_the_rest_in_the_next_frames(opened):
    """Restyling all boxes and arrows at once made it three times as long as any other step."""
    x = h = tg.tensor([1.0], requires_grad=True)
    for _ in range(400):
        h = h.tanh()
    page = opened(viz.graph(h, names={"x": x}, max_nodes=1000))
    near, dim_near, dim = page.evaluate("""() => {
        go(1);
        const near = boxes.filter(visible()), dim = view.querySelectorAll(".dim").length;
        return [near.length, near.filter(b => b.classList.contains("dim")).length, dim];
    }""")
    assert 2 < near < 100
    assert dim_near == near - 2  # all but x and the first tanh
    assert dim <= page.evaluate("AT_ONCE")
    page.wait_for_function("() => document.querySelectorAll('.tg-node.dim').length === 399")
    page.wait_for_function("() => document.querySelectorAll('.tg-arrow.dim').length === 399")
    page.evaluate("go(0); search('x'); go(2); go(3)")  # each before the previous one has reached every box
    page.wait_for_function("() => remaining.length === 0")
    assert page.locator(".tg-node.dim").count() == 397
    page.evaluate("go(0); pick(0)")  # everything depends on x
    page.wait_for_function("() => remaining.length === 0")
    assert page.locator(".dim").count() == 0
    assert page.locator(".picked").count() == 1


def test_a_module_folded_during_the_forward_pass_is_dimmed_until_it_is_computed(opened):
    page = opened(network(2))
    page.evaluate("go(1); modules.filter(m => m.depth === 1).forEach(m => fold(m, true))")
    dim = page.eval_on_selector_all(".tg-group.folded", "all => all.map(m => m.classList.contains('dim'))")
    assert dim == [False, True]


def test_an_array_that_is_sent_back_is_described_by_its_shape_and_range(opened):
    page = opened(network())
    page.evaluate("go(steps.findIndex(s => s.phase === 'backward') + 1)")
    (chip,) = chips(page)
    assert chip.startswith("[2, 3] ")


def test_numbers_too_long_for_an_arrow_are_described_as_well(opened):
    x = tg.tensor([[0.08408], [0.09002], [0.08297], [0.09779]], requires_grad=True)
    y = (x**2).mean()
    y.backward()
    page = opened(viz.graph(y, names={"x": x}))
    page.evaluate("go(steps.length)")
    assert chips(page) == ["[4, 1] 0.041 … 0.049"]
    assert "0.04204" in page.inner_text("#said")  # and complete where there is room


def test_several_outputs_begin_with_their_gradients(opened):
    x = tg.tensor(2.0, requires_grad=True)
    a = x * 3
    b = a.exp()
    (a + b).backward(retain_graph=True)
    page = opened(viz.graph((a, b), names={"x": x}))
    page.evaluate("go(steps.findIndex(s => s.phase === 'backward') + 1)")
    assert "output[1]: g = ∂(output[0] + output[1])/∂output[1] = 1" in page.inner_text("#said")
    assert chips(page) == ["1 · 403.4 = 403.4"]


# --- modules ---


def test_a_click_on_the_title_of_a_module_folds_it_and_another_opens_it(opened):
    page = opened(network(2))
    before = page.locator("[data-nodes]:visible").count()
    tall = page.evaluate("size().height")
    page.click(".tg-frame-title:has-text('0 MLP') >> nth=0")
    assert page.locator(".tg-group.folded:visible").count() == 1
    assert page.locator("[data-nodes]:visible").count() == before - 7  # two linear layers with their parameters, and a relu
    assert page.evaluate("size().height") < tall - 250
    assert "3 ops · 31 parameters" in page.inner_text("#details")
    page.keyboard.press("Enter")  # it has the focus
    page.click(".tg-group.folded >> nth=0") if page.locator(".tg-group.folded").count() else None
    assert page.locator("[data-nodes]:visible").count() == before
    assert page.evaluate("size().height") == tall


def overlaps(page):
    """Pairs of boxes and folded modules that are seen and overlap."""
    return page.evaluate("""(() => {
        const seen = [...drawn.values()].filter(b => !b.cover).concat(modules.filter(m => m.folded && !m.cover)).map(at);
        const found = [];
        seen.forEach((a, i) => seen.slice(i + 1).forEach(b => {
            const along = (from, size) => a[from] + a[size] > b[from] + .6 && b[from] + b[size] > a[from] + .6;
            if (along("x", "w") && along("y", "h")) found.push([a, b]);
        }));
        return found;
    })()""")


@pytest.mark.parametrize("direction", ["TB", "LR"])
def test_nothing_overlaps_and_every_arrow_ends_at_a_box_whatever_is_folded(opened, direction):
    tg.manual_seed(0)
    layer = nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), 2).eval()
    loss = (layer(tg.ones(2, 5, 8)) ** 2).mean()
    loss.backward()
    page = opened(viz.graph(loss, layer, direction=direction))
    count = page.evaluate("modules.length")
    assert count > 6
    rng = np.random.default_rng(0)
    for _ in range(12):
        for k in range(count):
            page.evaluate("([k, on]) => { modules[k].folded = on; }", [k, bool(rng.integers(2))])
        page.evaluate("arrange()")
        assert overlaps(page) == []
        loose = page.evaluate("""(() => arrows.filter(a => !a.classList.contains("away") && a.source && a.target).filter(a => {
            const edge = a.querySelector(".tg-edge"), p = edge.getPointAtLength(0), q = edge.getPointAtLength(1e6);
            const off = (b, p) => Math.max(b.x - p.x, p.x - b.x - b.w, b.y - p.y, p.y - b.y - b.h);
            const ends = [at(a.source.cover || a.source), at(a.target.cover || a.target)];
            return off(ends[0], p) > 4 || off(ends[1], q) > 5;
        }).length)()""")
        assert loose == 0


def test_the_name_of_the_current_repetition_covers_no_text_of_its_box(opened):
    y = tg.tensor([[1.0, 2.0]], requires_grad=True)
    for _ in range(30):
        y = (y * 1.1).tanh()
    page = opened(viz.graph(y, max_nodes=10))
    page.evaluate("go(3)")
    covered = page.evaluate("""() => {
        const box = e => e.getBoundingClientRect(), chip = box(document.querySelector(".tg-sent"));
        const meets = t => t.left < chip.right && t.right > chip.left && t.top + 3 < chip.bottom && t.bottom > chip.top;
        return [...document.querySelectorAll(".tg-node text")].filter(t => meets(box(t))).map(t => t.textContent);
    }""")  # + 3: the box of a text begins above its letters
    assert covered == []
    assert "2 / 30" in chips(page)[0]


def test_stepping_goes_through_the_inside_of_a_folded_module_and_of_repeated_steps(opened):
    page = opened(network(2).with_options(depth=1))
    assert page.locator(".tg-group.folded:visible").count() == 2
    seen = []
    for k in range(1, 4):
        page.evaluate("k => go(k)", k)
        assert page.locator(".tg-group.folded.now").count() == 1
        seen += chips(page)
    assert seen == ["linear", "relu", "linear"]
    y = tg.tensor(1.0, requires_grad=True)
    for _ in range(30):
        y = (y * 1.1).tanh()
    page = opened(viz.graph(y, max_nodes=10))
    seen = []
    for k in (1, 2, 3, 59, 60):
        page.evaluate("k => go(k)", k)
        seen += chips(page)
    assert seen == ["multiply  1 / 30", "tanh  1 / 30", "multiply  2 / 30", "multiply  30 / 30", "tanh  30 / 30"]


# --- moving, zooming, playing ---


def test_the_wheel_zooms_at_the_pointer_and_dragging_moves(opened):
    page = opened(neuron())
    box = page.locator("[data-nodes]").nth(0)
    before = box.bounding_box()
    page.mouse.move(before["x"] + 5, before["y"] + 5)
    page.mouse.wheel(0, -200)
    wait(page, "scale > 1.1")
    after = box.bounding_box()
    assert after["width"] > 1.2 * before["width"]
    assert abs(after["x"] + 5 * after["width"] / before["width"] - before["x"] - 5) < 2  # the same point is under the pointer
    page.mouse.move(400, 600)
    page.mouse.down()
    page.mouse.move(450, 580, steps=4)
    page.mouse.up()
    moved = box.bounding_box()
    assert (round(moved["x"] - after["x"]), round(moved["y"] - after["y"])) == (50, -20)
    page.click("#fit")
    assert page.evaluate("scale") <= 1.5


@pytest.mark.parametrize("framed", [False, True], ids=["page", "notebook"])
@pytest.mark.parametrize(("blocks", "fits"), [(1, True), (2, True), (6, False)])
def test_left_to_right_the_whole_width_is_shown_or_the_page_scrolls(chromium, tmp_path, blocks, fits, framed):
    g = replace(network(blocks), direction="LR")
    if framed:
        path = tmp_path / "notebook.html"
        path.write_text(g._repr_mimebundle_()["text/html"], "utf-8")
    else:
        path = g.save(tmp_path / "g.html")
    tab = chromium.new_page(viewport={"width": 1200, "height": 800})
    tab.goto(f"file://{path}")
    page = tab.frames[-1]
    tab.wait_for_timeout(100)
    natural = float(re.search(r'viewBox="0 0 ([\d.]+)', g._repr_mimebundle_()["image/svg+xml"])[1])
    box, room = page.evaluate("[chart(), stage].map(e => e.getBoundingClientRect()).map(r => [r.left, r.right])")
    assert room[1] - room[0] > 1150  # the details are below
    if fits:
        assert natural > 1200
        assert box == pytest.approx(room, abs=1)
    else:
        assert box[1] - box[0] == pytest.approx(0.85 * natural, abs=2)
        assert box[0] == room[0]
    tab.mouse.move(600, 200)
    tab.mouse.wheel(300, 0)
    tab.wait_for_timeout(50)
    assert page.evaluate("left") == -300
    if fits:
        tab.mouse.dblclick(40, 90 if framed else 75)  # next to the boxes
        assert page.evaluate("scale") == 1
        tab.mouse.dblclick(40, 90 if framed else 75)
        tab.set_viewport_size({"width": 1000, "height": 800})
        tab.wait_for_timeout(100)
        assert page.evaluate("chart().getBoundingClientRect().right") == pytest.approx(room[1] - 200, abs=1)
    tab.close()


def test_two_fingers_zoom_and_a_drag_over_a_box_is_no_click(opened):
    page = opened(neuron())
    page.evaluate("""(() => {
        const event = (kind, id, x, y) => new PointerEvent(kind, { pointerId: id, clientX: x, clientY: y });
        const touch = (...what) => stage.dispatchEvent(event(...what));
        stage.setPointerCapture = () => {};
        touch("pointerdown", 1, 300, 300); touch("pointerdown", 2, 400, 300);
        touch("pointermove", 2, 500, 300); touch("pointermove", 1, 300, 300);
        touch("pointerup", 1, 300, 300); touch("pointerup", 2, 500, 300);
    })()""")
    assert page.evaluate("scale") == pytest.approx(2, rel=1e-6)
    box = page.locator("[data-nodes]").nth(3).bounding_box()
    page.mouse.move(box["x"] + 10, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 60, box["y"] + 60, steps=5)
    page.mouse.up()
    assert page.inner_text("#details h2") == "How to use this page"


def test_play_goes_through_all_steps_and_stops(opened):
    page = opened(neuron())
    page.evaluate("speed.add(Object.assign(new Option('fast'), { value: 5 })); speed.value = 5")
    page.evaluate("""() => {
        const count = document.getElementById("count");
        window.shown = [];
        new MutationObserver(() => shown.push(count.textContent)).observe(count, { childList: true });
    }""")
    page.click("#play")
    wait(page, "document.getElementById('play').textContent === 'play'")
    steps = [f"{phase} {n} / 5" for phase in ("forward", "backward") for n in range(1, 6)]
    assert page.evaluate("shown") == steps
    page.wait_for_timeout(50)
    assert page.inner_text("#count") == steps[-1]
    assert page.get_attribute("#play", "aria-pressed") == "false"
    page.evaluate("speed.value = 3000")  # slower than this test
    page.keyboard.press("p")  # from the beginning
    assert page.inner_text("#count") == "10 steps"
    assert page.inner_text("#play") == "pause"


# --- predict, then reveal ---


def test_predict_asks_for_the_number_first_and_checks_the_answer(opened):
    page = opened(neuron())
    page.check("#predict")
    page.click("#next")
    assert page.inner_text("#said") == "#2 multiply = x1 · w1 = 2 · -3 = ?"
    value = page.locator(".tg-node.now .tg-value")
    assert not value.is_visible()  # the box does not show it
    page.fill("#guess", "-6")
    page.press("#guess", "Enter")
    assert page.inner_text("#verdict") == "Right: -6."
    assert value.is_visible()
    assert page.inner_text("#said").endswith("= -6")
    page.click("#next")
    page.fill("#guess", "17")
    page.click("#check")
    assert page.inner_text("#verdict") == "Not quite: it is 0."
    page.evaluate("go(6)")
    assert page.inner_text("#said") == "g · (1 - o · o) = 1 · (1 - 0.7071 · 0.7071) = ? → #8"
    page.click("#check")  # without an answer
    assert page.inner_text("#verdict") == "It is 0.5."


def test_predict_asks_for_the_shape_of_an_array(opened):
    page = opened(network())
    page.check("#predict")
    page.click("#next")
    assert page.inner_text("#prompt") == "What shape?"
    assert page.inner_text("#said").endswith(" = ?")
    assert "[2, 4]" not in page.inner_text("#said")
    page.fill("#guess", "2, 4")
    page.press("#guess", "Enter")
    assert page.inner_text("#verdict") == "Right: [2, 4]."


VISIBLE = """() => Object.fromEntries([...boxes, ...modules.filter(m => m.folded)].filter(b => nodes[shown_id(b)].op).map(b => [
    shown_id(b),
    ["value", "grad"].filter(k => {
        const line = b.querySelector(".tg-" + k);
        return line && getComputedStyle(line).visibility === "visible";
    }),
]))"""


def test_with_predict_on_no_box_shows_a_value_before_it_is_computed_and_asked_for(opened):
    page = opened(neuron())
    everything = {op: ["value", "grad"] for op in page.evaluate(VISIBLE)}
    assert page.evaluate(VISIBLE) == everything
    page.check("#predict")
    ops = list(everything)
    assert page.evaluate(VISIBLE) == {op: ["grad"] for op in ops}  # before the first step nothing is computed
    for k in range(len(ops)):
        page.click("#next")
        assert page.evaluate(VISIBLE) == {op: ["value"] if i < k else [] for i, op in enumerate(ops)}
        assert not page.locator(".tg-node.unknown .tg-shape").filter(visible=True).count()
        page.click("#check")  # reveals it
        assert page.evaluate(VISIBLE) == {op: ["value"] if i <= k else [] for i, op in enumerate(ops)}
    page.uncheck("#predict")
    page.evaluate("go(1)")
    assert page.evaluate(VISIBLE) == {op: ["value"] for op in ops}


def test_a_folded_module_shows_its_value_and_gradient_only_once_they_are_known(opened):
    page = opened(network(2).with_options(depth=1))
    page.evaluate("shut = modules.filter(m => m.folded && !m.cover)")
    shown = "() => shut.map(m => ['value', 'grad'].filter(k => { const e = m.querySelector('.tg-inside.tg-' + k);"
    shown += " return e && getComputedStyle(e).visibility === 'visible'; }))"
    assert page.evaluate(shown) == [["value", "grad"], ["value", "grad"]]
    page.evaluate("go(1)")
    assert page.evaluate(shown) == [["value"], ["value"]]  # no gradient in the forward pass
    page.evaluate("go(steps.findIndex(s => s.phase === 'backward' && s.id === shut[1].last))")  # it has just arrived there
    assert page.evaluate(shown) == [["value"], ["value", "grad"]]
    page.evaluate("go(steps.length)")
    assert page.evaluate(shown) == [["value", "grad"], ["value", "grad"]]
    page.check("#predict")
    page.evaluate("go(steps.findIndex(s => s.id === shut[0].last) + 1)")
    assert page.evaluate(shown) == [[], []]  # the first one is being asked for
    page.click("#check")
    assert page.evaluate(shown) == [["value"], []]


# --- a phone ---


def test_on_a_phone_the_player_stays_visible_text_is_legible_and_touch_is_mentioned(chromium, tmp_path):
    path = network(2).save(tmp_path / "g.html")
    page = chromium.new_page(viewport={"width": 380, "height": 700}, has_touch=True)
    page.goto(f"file://{path}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 380
    for _ in range(2):
        player = page.locator("footer").bounding_box()
        assert player["y"] + player["height"] == pytest.approx(700, abs=1)
        page.evaluate("scrollTo(0, 300)")
    assert page.evaluate("11 * scale") >= 9
    page.evaluate("scrollTo(0, 0)")
    stage = page.locator("#stage").bounding_box()
    assert stage["height"] > 250
    assert stage["y"] <= 140  # the title and two lines of controls
    assert stage["y"] + stage["height"] <= player["y"] + 1  # the player hides nothing of it
    assert page.evaluate("Math.min(...[...document.querySelectorAll('footer .buttons button')].map(b => b.offsetHeight))") >= 40
    told = page.inner_text("aside")
    assert "tap" in told
    assert "two fingers" in told
    page.close()


def test_on_a_phone_the_box_of_each_step_is_in_sight_although_the_words_need_room(chromium, tmp_path):
    path = network(2).save(tmp_path / "g.html")
    page = chromium.new_page(viewport={"width": 380, "height": 700}, has_touch=True)
    page.goto(f"file://{path}")
    seen = """async k => {
        const frames = () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
        go(0); await frames(); go(k); await frames();
        const edge = part => document.querySelector(part).getBoundingClientRect();
        return edge("footer").top - edge(".tg-node.now").bottom;
    }"""
    below = [page.evaluate(seen, k) for k in range(1, page.evaluate("steps.length") + 1)]
    assert min(below) > 0
    page.close()


def test_a_picture_too_wide_for_the_page_begins_at_its_first_box(chromium, tmp_path):
    x = tg.ones(2, 3, requires_grad=True)
    branches = [tg.ones(2, 3, requires_grad=True) * 2 for _ in range(12)]
    branches.insert(6, x.exp().tanh().sin().cos())  # x is above the others, in the middle
    path = viz.graph(tg.stack(branches).sum(), names={"x": x}).save(tmp_path / "g.html")
    page = chromium.new_page(viewport={"width": 380, "height": 700}, has_touch=True)
    page.goto(f"file://{path}")
    first = page.locator(".tg-node:has-text('x')").first.bounding_box()
    assert 0 <= first["x"] <= first["x"] + first["width"] <= 380
    page.close()


def test_after_backward_the_page_steps_through_the_optimizers_step(opened):
    w = tg.tensor(2.0, requires_grad=True)
    opt = tg.optim.SGD([w], lr=0.5)
    loss = w * 3
    loss.backward()
    page = opened(viz.graph(loss, names={"w": w}, optimizer=opt))
    page.evaluate("go(steps.length)")
    assert page.inner_text("#count") == "update 1 / 1"
    assert page.inner_text("#said").startswith("w: 2 → 0.5\nSGD, lr 0.5, gradient 3")
    assert chips(page) == ["2 → 0.5"]
    page.click(".tg-node:has-text('w') >> nth=0")
    assert "what the optimizer does" in page.inner_text("#details")


def test_the_whole_rule_and_its_label_are_in_view_in_the_optimizers_step(opened):
    w = tg.tensor([[0.25, -0.5], [1.5, 2.5]], requires_grad=True)
    loss = (w * w).sum()
    loss.backward()
    page = opened(viz.graph(loss, names={"w": w}, optimizer=tg.optim.Adam([w], lr=0.01)))
    page.set_viewport_size({"width": 1280, "height": 900})
    page.evaluate("go(steps.length)")
    assert "w ← w − lr · m̂" in page.inner_text("#said")
    assert page.evaluate("$('said').scrollHeight <= $('said').clientHeight")
    around, inside = (page.locator(f".tg-sent {kind}").bounding_box() for kind in (".tg-chip", ".tg-chip-text"))
    left, right = inside["x"] - around["x"], around["x"] + around["width"] - inside["x"] - inside["width"]
    assert min(left, right) > 3


def test_the_path_of_the_followed_element_is_bright_when_the_page_opens(opened):
    x, w = tg.tensor([[1.0, 2.0]], requires_grad=True), tg.tensor([[3.0], [4.0]], requires_grad=True)
    y = (x @ w).sum()
    y.backward()
    page = opened(viz.graph(y, names={"x": x, "w": w}, follow="x[0, 1]"))
    dim = page.eval_on_selector_all(".tg-node.dim .tg-name", "ts => ts.map(t => t.textContent)")
    assert dim == ["w"]
    page.click(".tg-node:has-text('matmul')")
    assert "[0, 0] = 11, slope 4 (1 of 1)" in page.inner_text("#details")
