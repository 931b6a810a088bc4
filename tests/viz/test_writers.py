"""The writers: parsers of the formats can read the files, and the pictures show what the graph contains."""

import json
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn, viz
from tinygrad_edu.viz.draw.color import COLORINGS, coloring
from tinygrad_edu.viz.draw.view import view
from tinygrad_edu.viz.model.graph_data import Node
from tinygrad_edu.viz.model.summary import Summary
from tinygrad_edu.viz.writers.graph_object import WRITERS
from tinygrad_edu.viz.writers.svg_arrows import arrow_labels

SVG = "{http://www.w3.org/2000/svg}"


def graph_with_names(name):
    x, w = tg.tensor([1.0, 2.0]), tg.tensor([3.0, -4.0], requires_grad=True)
    x.name = w.name = name
    y = (x * w).sum()
    y.name = name
    y.backward()
    return viz.graph(y)


def words(svg):
    return [t.text or "" for t in ET.fromstring(svg).iter(f"{SVG}text")]


def test_hostile_names_pass_through_svg(hostile, tmp_path):
    path = graph_with_names(hostile).save(tmp_path / "g.svg")
    root = ET.parse(path).getroot()
    titles = [t.text for t in root.iter(f"{SVG}title")]
    assert len(titles) == 4
    if hostile.isprintable() and 0 < len(hostile.strip()) < 30:
        assert sum(hostile in (t or "") for t in titles) == 3


def test_hostile_names_stay_on_one_line_of_the_text(hostile):
    text = str(graph_with_names(hostile))
    assert len([line for line in text.split("\n") if line.startswith(("●", "├", "└"))]) == 4
    assert all(c.isprintable() or c == "\n" for c in text)
    assert max(map(len, text.split("\n"))) < 200


def test_hostile_names_pass_through_dot(hostile):
    g = graph_with_names(hostile)
    digraph = g.to_graphviz()
    assert len(re.findall(r"n\d+ -> n\d+", digraph.source)) == 3
    if shutil.which("dot") is None:
        pytest.skip("needs Graphviz's dot to parse what was written")
    drawn = subprocess.run(["dot", "-Tsvg"], input=digraph.source, capture_output=True, text=True, encoding="utf-8", timeout=20)
    assert drawn.returncode == 0, drawn.stderr
    assert len(ET.fromstring(drawn.stdout).findall(f".//{SVG}g[@class='node']")) == 4


@pytest.mark.parametrize("suffix", [".html", ".svg", ".dot", ".mmd", ".txt", ".json"])
def test_every_text_format_can_be_written_whatever_the_results_name(hostile, suffix, tmp_path):
    path = Path(graph_with_names(hostile).save(tmp_path / f"g{suffix}"))
    assert "multiply" in path.read_text("utf-8")
    assert not re.search("[\x00-\x08\x0b-\x1f]", path.read_text("utf-8"))


def test_a_long_name_is_shortened_in_the_title():
    assert len(graph_with_names("x" * 10_000).title) < 100
    assert graph_with_names(" \n\x1b").title.startswith("output · 2 ops")


def test_a_graph_that_cannot_be_written_leaves_no_file(tmp_path, monkeypatch):
    monkeypatch.setitem(WRITERS, ".txt", lambda graph: "\ud800")
    with pytest.raises(UnicodeEncodeError):
        graph_with_names("x").save(tmp_path / "g.txt")
    assert list(tmp_path.iterdir()) == []


def test_the_dot_file_and_the_digraph_are_the_same_drawing(tmp_path):
    g = graph_with_names("x")
    text = Path(g.save(tmp_path / "g.dot")).read_text("utf-8")
    body = [line.strip() for line in text.splitlines()[1:-1]]
    assert [line.strip() for line in g.to_graphviz().source.splitlines()[1:-1]] == body


def test_the_svg_shows_op_shape_value_and_gradient():
    x = tg.tensor([[1.0, 2.0]], requires_grad=True)
    y = (x * 3).sum()
    y.backward()
    shown = words(viz.graph(y, names={"x": x, "y": y})._repr_mimebundle_()["image/svg+xml"])
    assert {"x", "[1, 2]", "1 … 2, mean 1.5", "grad 3 everywhere", "multiply", "(·, 3)", "y = sum", "9", "grad 1"} <= set(shown)


def test_picture_and_text_say_why_a_value_is_unknown():
    w1, w2 = (tg.tensor([[k]], requires_grad=True) for k in (2.0, 3.0))
    w2.name = "two\nlines"
    loss = ((tg.ones(1, 1) @ w1) @ w2).sum()
    loss.backward()
    with tg.no_grad():
        w2 -= 0.1
    g = viz.graph(loss)
    assert "at 1 node: " in (said := " ".join(words(g._written(".svg"))))
    assert "changed after the forward pass" in said
    assert any(text.startswith("(at 1 node: ") and "changed after the forward pass" in text for text in str(g).splitlines())


def test_a_value_without_gradient_shows_a_dash():
    x, w = tg.tensor([1.0]), tg.tensor([2.0], requires_grad=True)
    y = (x * w).sum()
    y.backward()
    assert "grad –" in words(viz.graph(y)._repr_mimebundle_()["image/svg+xml"])
    assert re.search(r"input +\[1\] +1 +grad –", str(viz.graph(y)))


def test_values_that_are_not_finite_are_flagged():
    x = tg.tensor([-1.0, 1.0], requires_grad=True)
    with np.errstate(all="ignore"):
        y = tg.log(x) * 2
    assert "NaN" in words(viz.graph(y)._repr_mimebundle_()["image/svg+xml"])


@pytest.mark.parametrize("note", ["", "two\n\nlines"])
def test_a_failure_is_drawn_whatever_its_message(note):
    g = viz.graph(tg.tensor([1.0]))
    failed = Node(1, "failed", Summary((), "", 0, ()), op="check", inputs=(0,), note=note)
    g = replace(g, nodes=(*g.nodes, failed))
    assert "check" in words(g._written(".svg"))
    assert "check" in str(g)


def test_the_same_graph_gives_the_same_bytes(tmp_path):
    g = graph_with_names("same")
    for suffix in (".svg", ".dot", ".txt"):
        a, b = (Path(g.save(tmp_path / f"{k}{suffix}")).read_bytes() for k in "ab")
        assert a == b


def test_every_arrow_of_the_graph_is_drawn_once():
    x = tg.tensor(3.0, requires_grad=True)
    svg = viz.graph(x * x + x)._repr_mimebundle_()["image/svg+xml"]
    heads = [p for p in ET.fromstring(svg).iter(f"{SVG}path") if "tg-head" in p.get("class")]
    assert len(heads) == 4  # x and x into multiply, that and x into add


def test_each_copy_of_a_shared_leaf_says_that_it_is_one_tensor():
    w, h = tg.tensor([[0.5]], requires_grad=True), tg.ones(1, 1)
    for _ in range(5):
        h = (h @ w).tanh()
    titles = [t.text for t in ET.fromstring(viz.graph(h.sum())._written(".svg")).iter(f"{SVG}title")]
    assert sum("one tensor, drawn 5 times: once at each use" in t for t in titles) == 5


def test_arrows_are_labeled_with_arguments_where_the_order_matters():
    a, b = tg.tensor(3.0, requires_grad=True), tg.tensor(4.0)

    def labels(y, **options):
        root = ET.fromstring(viz.graph(y, **options)._repr_mimebundle_()["image/svg+xml"])
        return [t.text for t in root.iter(f"{SVG}text") if t.get("class") == "tg-label"]

    assert sorted(labels(a - b)) == ["left", "right"]
    assert sorted(labels(b**a)) == ["base", "exponent"]
    assert labels(a + b) == []
    assert labels(a - 2) == []
    images, kernel = tg.ones(1, 1, 4, 4), tg.ones(1, 1, 3, 3, requires_grad=True)
    y = nn.functional.conv2d(images, kernel)
    assert sorted(labels(y, names={"images": images, "kernel": kernel})) == ["weight", "x"]
    # a name that makes it obvious, and one that suggests the wrong tensor
    assert labels(y, names={"images": images, "weight": kernel}) == []
    assert sorted(labels(y, names={"weight": images, "x": kernel})) == ["1", "2"]
    assert sorted(labels(y * images.mean(), names={"x": y})) == ["1", "weight"]
    linear = nn.Linear(4, 1)
    assert labels(linear(images), model=linear) == []
    # the inputs of ops with optional parameters are labeled, too
    norm, cell = nn.LayerNorm(4), nn.LSTMCell(4, 2)
    assert labels(norm(images), model=norm) == []
    state = tg.zeros(1, 2), tg.zeros(1, 2)
    assert labels(cell(images[0, 0, :1], state)[0], model=cell) == ["x", "h", "c"]
    assert labels(nn.functional.layer_norm(images, 4, kernel[0, 0, 0, :1].expand(4), kernel[0, 0, 1, :1].expand(4))) == [
        *("x", "weight", "bias")
    ]


def test_settings_are_written_in_words():
    x, t = tg.ones(8, 4, requires_grad=True), tg.ones(8, 4)
    assert "mse mean of 32" in str(viz.graph(nn.functional.mse_loss(x, t)))
    assert "mean of 32" in str(viz.graph(x.mean()))
    assert "mean axis=0 of 8" in str(viz.graph(x.mean(0)))
    assert "● x³ " in str(viz.graph(x**3, names={"x": x}))
    assert "● (·)² " in str(viz.graph(x**2))
    assert "● power (·, 0.5) " in str(viz.graph(x**0.5))
    images, kernel = tg.ones(1, 1, 4, 4), tg.ones(1, 1, 3, 3, requires_grad=True)
    assert "● conv2d padding=1 " in str(viz.graph(nn.functional.conv2d(images, kernel, padding=1)))
    assert "stride=(2, 1)" in str(viz.graph(nn.functional.conv2d(images, kernel, stride=(2, 1))))
    q = tg.ones(1, 2, 8, requires_grad=True)
    assert "scale=0.3536" in str(viz.graph(nn.functional.scaled_dot_product_attention(q, q, q)))


def test_both_themes_are_in_the_svg_and_nothing_is_fetched():
    svg = graph_with_names("x")._repr_mimebundle_()["image/svg+xml"]
    assert "prefers-color-scheme:dark" in svg
    assert "href" not in svg
    assert "url(" not in svg
    assert "<script" not in svg


def test_left_to_right_turns_the_drawing():
    def size(g):
        root = ET.fromstring(g._repr_mimebundle_()["image/svg+xml"])
        return float(root.get("width")), float(root.get("height"))

    x = tg.tensor(1.0, requires_grad=True)
    g = viz.graph(x.tanh().tanh().tanh().tanh().tanh().tanh())
    (w, h), (w2, h2) = size(g), size(g.with_options(direction="LR"))
    assert w < h
    assert w2 > h2


def test_color_by_gradient_is_strongest_where_the_gradient_is_largest():
    x = tg.tensor(1.0, requires_grad=True)
    y = x * 10 * 10 * 10
    y.backward()
    svg = viz.graph(y, color="grad")._repr_mimebundle_()["image/svg+xml"]
    boxes = [r for g in ET.fromstring(svg).iter(f"{SVG}g") if g.get("data-nodes") for r in g.iter(f"{SVG}rect")]
    opacity = [float(r.get("style").rpartition(":")[2]) for r in boxes if r.get("class") == "tg-box"]
    assert opacity == sorted(opacity, reverse=True)  # x first: d y / d x = 1000
    assert len(set(opacity)) == 4
    assert any("from 1 (pale) to 1000 (strong)" in w for w in words(svg))


@pytest.mark.parametrize("color", ["value", "bytes", "time", "order", "module", "grad"])
def test_every_coloring_can_be_drawn(color):
    g = viz.graph(tg.tensor([1.0, 0.0], requires_grad=True).tanh(), color=color)
    root = ET.fromstring(g._repr_mimebundle_()["image/svg+xml"])
    assert len([e for e in root.iter(f"{SVG}g") if e.get("data-nodes")]) == 2


def test_the_time_of_a_module_is_the_sum_over_its_ops():
    model = nn.Sequential(nn.Linear(2, 3), nn.ReLU())
    with viz.trace(model):
        y = model(tg.ones(1, 2)).sum()
    g = viz.graph(y, model)
    times = {n.id: n.time for n in g.nodes if n.op}
    assert all(t > 0 for t in times.values())
    drawn = view(g.with_options(depth=1)).boxes
    fills, meaning = coloring(g.nodes, drawn, "time")
    assert "time of the forward function" in meaning
    assert [fill is not None for fill in fills] == [bool(box.node.op) for box in drawn]
    unseen = viz.graph(tg.tensor(1.0, requires_grad=True).tanh(), color="time")._written(".svg")
    meaning = "color: time of the forward function, measured by viz.trace(), unknown or 0 for every node"
    assert meaning in " ".join(words(unseen))


def test_the_error_names_an_unknown_coloring():
    with pytest.raises(ValueError, match="color must be one of 'role', 'grad'"):
        viz.graph(tg.tensor(1.0), color="taste")


@pytest.mark.parametrize("color", [c for c in COLORINGS if c != "role"])
def test_the_page_has_the_colors_of_the_picture(color):
    x = tg.tensor([1.0, 3.0], requires_grad=True)
    with viz.trace():
        y = (x.tanh() * 10).sum()
    y.backward()
    g = viz.graph(y, color=color)
    root = ET.fromstring(g._written(".svg"))
    boxes = [e for e in root.iter(f"{SVG}g") if e.get("data-box") and e.get("data-nodes")]
    page = json.loads(re.search(r'id="data">(.*?)</script>', g._written(".html"), re.DOTALL)[1])["views"][0]["colors"][color]
    assert page["meaning"] in " ".join(words(g._written(".svg")))
    for box in boxes:
        style = next(r.get("style") for r in box.iter(f"{SVG}rect") if r.get("class") == "tg-box")
        fill = page["palette"][page["fills"][int(box.get("data-box"))]]
        if not fill:
            assert style == "fill-opacity:0"
        else:
            drawn, opacity = re.fullmatch(r"fill:(#\w{6});fill-opacity:([\d.]+)", style).groups()
            assert fill[:7] == drawn
            assert int(fill[7:], 16) / 255 == pytest.approx(float(opacity), abs=0.003)
    assert color == "module" or any(page["palette"])


def test_values_that_an_op_keeps_for_its_rule_are_not_arguments():
    loss = tg.nn.functional.cross_entropy(tg.ones(2, 3, requires_grad=True), tg.tensor([0, 2]))
    g = viz.graph(loss)
    assert "target" in dict(g.root.params)
    assert not [key for key, _ in g.root.params if key.startswith("_")]
    assert "array([" not in g._written(".svg")


def test_a_flag_is_no_wider_than_its_box():
    x = tg.tensor(0.0, requires_grad=True)
    y = x.sqrt()
    with np.errstate(all="ignore"):
        y.backward()
        svg = viz.graph(y, names={"x": x})._written(".svg")
    for box in re.findall(r'<g class="tg-node[^>]*data-box.*?</g>', svg, re.S):
        widths = [float(w) for w in re.findall(r'<rect class="tg-(?:box|flag)"[^>]*?width="([\d.]+)"', box)]
        assert len(widths) == 2
        assert widths == sorted(widths, reverse=True)
    assert svg.count('class="tg-flag"') == 2  # the op's and the leaf's


@pytest.mark.parametrize(("shape", "words"), [((4,), "over the last axis"), ((3, 4), "over the last 2 axes")])
def test_the_box_of_a_layer_norm_says_over_how_many_axes_it_is(shape, words):
    text = str(viz.graph(nn.LayerNorm(shape)(tg.ones(2, 3, 4))))
    assert f"layer_norm {words} eps" in text
    assert "axes=" not in text


def test_a_label_without_room_after_its_head_is_before_it_if_there_is_room():
    arrows = [(0, 3, "query"), (1, 3, "key"), (2, 3, "value"), (4, 3, "mask")]
    sides = [(label.words, label.ends) for label in arrow_labels(arrows, [0.0, 100.0, 200.0, 215.0], False)]
    assert sides == [("query", False), ("key", False), ("value", True), ("mask", False)]
    crowded = arrow_labels(arrows, [0.0, 100.0, 130.0, 145.0], False)
    assert [label.words for label in crowded] == ["query", "key", "", "mask"]  # "value" would overlap "key"


def test_inputs_after_an_omitted_one_have_their_own_names_and_gradients():
    tg.manual_seed(0)
    q = tg.randn(1, 1, 2, 2, requires_grad=True)
    y = nn.functional.scaled_dot_product_attention(q, q + 0, q * 1, dropout_p=0.5)  # no mask, but dropout
    (node,) = [n for n in viz.graph(y.sum(), gradients=True).nodes if n.op == "scaled_dot_product_attention"]
    assert node.arguments == ("query", "key", "value", "kept")
    assert [part is not None for part in node.sent] == [True, True, True, False]
    assert len(node.rules) <= len(node.inputs) == 4
