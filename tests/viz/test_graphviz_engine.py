"""Graphviz as the layout engine: used if it is installed, except where it would hang, and never required."""

import shutil
import subprocess
import xml.etree.ElementTree as ET
from importlib.util import find_spec

import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn, viz
from tinygrad_edu.viz.draw import graphviz_engine as engine_dot

SVG = "{http://www.w3.org/2000/svg}"
needs_dot = pytest.mark.skipif(shutil.which("dot") is None, reason="needs Graphviz's dot")


def network(**options):
    model = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1))
    h = model(tg.ones(1, 2))
    return viz.graph(h * h + h, model, **options)


def picture(g):
    return ET.fromstring(g._written(".svg"))


def boxes(root):
    found = []
    for g in root.iter(f"{SVG}g"):
        if g.get("data-nodes"):
            rect = next(r for r in g.iter(f"{SVG}rect") if r.get("class") == "tg-box")
            x, y, w, h = (float(rect.get(key)) for key in ("x", "y", "width", "height"))
            found.append((x, y, x + w, y + h))
    return found


@needs_dot
@pytest.mark.parametrize("direction", ["TB", "LR"])
def test_graphviz_lays_out_the_same_boxes(direction):
    own, dot = (picture(network(direction=direction, engine=engine)) for engine in ("own", "dot"))
    found = boxes(dot)
    assert len(found) == len(boxes(own))
    for i, a in enumerate(found):
        for b in found[:i]:
            assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
    heads = [[p for p in root.iter(f"{SVG}path") if "tg-head" in p.get("class")] for root in (own, dot)]
    assert len(heads[0]) == len(heads[1])


def assert_frames_hold_their_boxes(root):
    frames = [r for r in root.iter(f"{SVG}rect") if r.get("class") == "tg-frame"]
    assert len(frames) == 2
    for r in frames:
        x, y, w, h = (float(r.get(key)) for key in ("x", "y", "width", "height"))
        assert sum(x <= a[0] and a[2] <= x + w and y <= a[1] and a[3] <= y + h for a in boxes(root)) == 3


@needs_dot
def test_graphviz_frames_contain_their_boxes():
    assert_frames_hold_their_boxes(picture(network(engine="dot")))


@pytest.fixture
def no_graphviz(monkeypatch):
    monkeypatch.setattr(engine_dot.shutil, "which", lambda name: None)
    monkeypatch.setattr(engine_dot, "find_spec", lambda name: None)


def test_without_graphviz_the_built_in_layout_is_used_with_one_warning(no_graphviz):
    g = network(engine="dot")
    with pytest.warns(UserWarning, match="no `dot` program") as said:
        svg = g._written(".svg")
    assert len(said) == 1
    assert svg == g.with_options(engine="own")._written(".svg")


def test_all_drawings_of_a_graph_together_warn_once(no_graphviz, tmp_path):
    g = network(engine="dot")
    with pytest.warns(UserWarning, match="no `dot` program") as said:
        g.save(tmp_path / "g.html")  # several views
    assert len(said) == 1
    g._repr_mimebundle_()  # a warning is an error here
    with pytest.warns(UserWarning, match="no `dot` program"):  # another graph looks for it again
        g.focus(g.root)._written(".svg")


@pytest.mark.skipif(find_spec("pygraphviz") is None, reason="needs pygraphviz")
def test_where_there_is_no_dot_program_pygraphviz_draws(monkeypatch):
    monkeypatch.setattr(engine_dot.shutil, "which", lambda name: None)
    dot, own = (picture(network(engine=engine)) for engine in ("dot", "own"))
    assert_frames_hold_their_boxes(dot)
    assert len(boxes(dot)) == len(boxes(own))
    assert ET.tostring(dot) != ET.tostring(own)


def test_a_graph_on_which_graphviz_would_hang_is_not_passed_to_it(monkeypatch):
    monkeypatch.setattr(engine_dot.shutil, "which", lambda name: "/usr/bin/dot")
    monkeypatch.setattr(engine_dot.subprocess, "run", lambda *a, **k: pytest.fail("dot was run"))
    w, h = tg.ones(2, 2).requires_grad_(), tg.ones(1, 2)
    for _ in range(120):
        h = tg.tanh(h @ w)
    with pytest.warns(UserWarning, match="edges skip"):
        viz.graph(h.sum(), engine="dot", share="once", max_nodes=2000)._written(".svg")  # too few to fold


@needs_dot
def test_graphviz_draws_a_deep_network_with_each_leaf_at_its_use():
    w, h = tg.ones(2, 2).requires_grad_(), tg.ones(1, 2)
    for _ in range(40):
        h = tg.tanh(h @ w + tg.ones(1, 2) @ w)
    g = viz.graph(h.sum(), engine="dot")
    assert g._written(".svg") != g.with_options(engine="own")._written(".svg")
    assert g.refused == []


def test_graphviz_is_stopped_when_it_takes_too_long(monkeypatch):
    def slow(*args, timeout, **options):
        raise subprocess.TimeoutExpired("dot", timeout)

    monkeypatch.setattr(engine_dot.shutil, "which", lambda name: "/usr/bin/dot")
    monkeypatch.setattr(engine_dot.subprocess, "run", slow)
    with pytest.warns(UserWarning, match="more than 10 s"):
        network(engine="dot")._written(".svg")
