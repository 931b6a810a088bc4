"""Modules in the picture: which op belongs to which module, frames, and modules drawn as one box."""

import shutil
import subprocess
import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tinygrad_edu as tg
from tinygrad_edu import nn, viz
from tinygrad_edu.viz.draw.nested import nested
from tinygrad_edu.viz.draw.view import view
from tinygrad_edu.viz.model.module_paths import module_calls

SVG = "{http://www.w3.org/2000/svg}"


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.up, self.down = nn.Linear(3, 5), nn.Linear(5, 3)

    def forward(self, x):
        return x + self.down(tg.relu(self.up(x)))


class Net(nn.Module):
    def __init__(self, blocks):
        super().__init__()
        self.blocks = nn.Sequential(*[Block() for _ in range(blocks)])
        self.head = nn.Linear(3, 1)

    def forward(self, x):
        return self.head(self.blocks(x))


def drawn(blocks=2, **options):
    model = Net(blocks)
    return viz.graph(model(tg.ones(4, 3)).mean(), model, **options)


def test_ops_that_use_parameters_belong_to_their_module_and_ops_between_to_the_container():
    found = [(n.op, n.module) for n in drawn(1).nodes if n.op]
    assert found == [
        ("linear", "blocks.0.up"), ("relu", "blocks.0"), ("linear", "blocks.0.down"), ("add", ""), ("linear", "head"),
        *[(op, "") for op, _ in found[5:]],
    ]  # fmt: skip


def test_each_call_of_a_module_is_one_frame():
    cell, head = nn.Linear(3, 3), nn.Linear(3, 3)
    model = nn.Sequential(cell, head)
    x = tg.ones(1, 3)
    calls, _ = module_calls(viz.graph(head(tg.tanh(cell(head(cell(x))))).sum(), model).nodes)
    assert [call.name for call in calls] == ["0", "1", "0", "1"]


def test_frames_contain_the_parameters_of_their_module():
    shown = view(drawn(1))
    inside = {shown.frames[box.frame].path: box.node.name for box in shown.boxes if box.kind == "parameter"}
    assert all(name.startswith(path + ".") for path, name in inside.items())
    assert len(inside) == 3
    assert [f.title for f in shown.frames] == [
        "blocks  Sequential", "blocks.0  Block", "blocks.0.up  Linear", "blocks.0.down  Linear", "head  Linear",
    ]  # fmt: skip


@pytest.mark.parametrize(("depth", "boxes"), [(1, ["blocks", "head"]), (2, ["blocks.0", "blocks.1"])])
def test_depth_draws_modules_as_one_box(depth, boxes):
    shown = view(drawn(2, depth=depth))
    modules = [box for box in shown.boxes if box.kind == "module"]
    assert {box.title for box in modules} == set(boxes)
    assert all(a.source < i for i, box in enumerate(shown.boxes) for a in box.inputs)
    assert not any("weight" in box.title and box.node.name.startswith("blocks") for box in shown.boxes)


def test_a_module_box_shows_its_class_and_size():
    (box,) = [b for b in view(drawn(1, depth=1)).boxes if b.title == "head"]
    assert box.detail == "Linear · 1 op · 4 parameters"


def test_too_many_nodes_are_collapsed_by_module_before_anything_is_left_out():
    shown = view(drawn(20, max_nodes=80))
    assert len(shown.boxes) <= 80
    assert {box.title for box in shown.boxes if box.kind == "module"} >= {f"blocks.{k}" for k in range(20)}
    assert "depth 2" in shown.notes[0]
    assert not any("left out" in note for note in shown.notes)


def test_the_text_names_parameters_in_full():
    assert "blocks.0.up.weight" in str(drawn(1))


def test_the_picture_has_a_titled_frame_for_each_module():
    root = ET.fromstring(drawn(1)._repr_mimebundle_()["image/svg+xml"])
    titles = [t.text for t in root.iter(f"{SVG}text") if "tg-frame-title" in t.get("class")]
    assert [" ".join(t.split()) for t in titles][:2] == ["blocks Sequential", "blocks.0 Block"]
    assert len([r for r in root.iter(f"{SVG}rect") if r.get("class") == "tg-frame"]) == 5


def test_depth_must_be_positive():
    with pytest.raises(ValueError, match="depth must be at least 1"):
        drawn(1, depth=0)


# --- frames and their layout ---


def test_a_module_that_is_called_twice_has_a_frame_for_each_call():
    model = nn.Sequential(nn.Linear(3, 3), nn.ReLU(), nn.Linear(3, 3))
    loss = model(model(tg.ones(2, 3))).sum()
    shown = view(viz.graph(loss, model))
    assert [f.title for f in shown.frames] == ["0  Linear", "2  Linear"] * 2
    inside = [(shown.frames[box.frame].path, box.node.op) for box in shown.boxes if box.frame >= 0]
    assert inside == [("0", "linear"), ("2", "linear")] * 2  # the parameters, which both calls use, are outside
    once = view(viz.graph(model(tg.ones(2, 3)).sum(), model))
    assert [f.title for f in once.frames] == ["0  Linear", "2  Linear"]
    with viz.trace(model):
        loss = model(tg.ones(2, 3)).sum()
    assert [f.title for f in view(viz.graph(loss, model)).frames] == ["0  Linear", "2  Linear"]  # none around a ReLU alone


@st.composite
def nests(draw):
    """A graph in topological order; each frame contains a run of boxes, and some frames contain another frame."""
    n = draw(st.integers(2, 24))
    cuts = sorted(draw(st.sets(st.integers(1, n - 1), max_size=5)))
    frame_of, parents = [-1] * n, []
    for start, stop in zip([0, *cuts], [*cuts, n], strict=True):
        if draw(st.booleans()):
            parents.append(-1)
            outer = len(parents) - 1
            frame_of[start:stop] = [outer] * (stop - start)
            if stop - start > 2 and draw(st.booleans()):
                parents.append(outer)
                frame_of[start + 1 : stop - 1] = [len(parents) - 1] * (stop - start - 2)
    sizes = [(draw(st.integers(20, 120)), draw(st.integers(20, 60))) for _ in range(n)]
    edges = [(s, t) for t in range(1, n) for s in draw(st.lists(st.integers(0, t - 1), max_size=3))]
    return sizes, edges, frame_of, parents, [40.0] * len(parents)


def rectangle(center, size):
    (x, y), (w, h) = center, size
    return x - w / 2, y - h / 2, x + w / 2, y + h / 2


@given(nests())
def test_frames_contain_their_boxes_and_nothing_else(nest):
    sizes, _, frame_of, parents, _ = nest
    placed = nested(*nest)
    boxes = [rectangle(c, s) for c, s in zip(placed.centers, sizes, strict=True)]
    around = [(x, y, x + w, y + h) for x, y, w, h in placed.frames]
    for b, box in enumerate(boxes):
        chain, f = set(), frame_of[b]
        while f != -1:
            chain.add(f)
            f = parents[f]
        for f, frame in enumerate(around):
            inside = frame[0] <= box[0] and box[2] <= frame[2] and frame[1] <= box[1] and box[3] <= frame[3]
            apart = box[2] <= frame[0] or frame[2] <= box[0] or box[3] <= frame[1] or frame[3] <= box[1]
            assert inside if f in chain else apart


@given(nests())
def test_arrows_through_frames_run_downwards_from_box_to_box(nest):
    sizes, edges, *_ = nest
    placed = nested(*nest)
    boxes = [rectangle(c, s) for c, s in zip(placed.centers, sizes, strict=True)]
    for (s, t), route in zip(edges, placed.routes, strict=True):
        ys = [y for _, y in route]
        assert all(b >= a - 1e-6 for a, b in pairwise(ys))
        assert ys[0] == pytest.approx(boxes[s][3])
        assert ys[-1] == pytest.approx(boxes[t][1])
        for k in range(1, len(route) - 1):  # no gap where one drawing hands over to the next
            if abs(ys[k] - ys[k - 1]) < 1e-6 and k % 2 == 0:
                assert route[k][0] == pytest.approx(route[k - 1][0], abs=1e-6)


def test_graphviz_gets_a_cluster_for_each_module():
    g = drawn(1)
    source = g.to_graphviz().source
    assert source.count("subgraph cluster") == 5
    if shutil.which("dot") is None:
        pytest.skip("needs Graphviz's dot to parse what was written")
    parsed = subprocess.run(["dot", "-Tsvg"], input=source, capture_output=True, text=True, encoding="utf-8", timeout=20)
    assert parsed.returncode == 0, parsed.stderr
    clusters = ET.fromstring(parsed.stdout).findall(f".//{SVG}g[@class='cluster']")
    assert len(clusters) == 5
