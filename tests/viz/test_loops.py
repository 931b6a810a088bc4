"""Cells that are called at each step are one box with the number of calls, and the drawing has no cycles."""

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn, viz
from tinygrad_edu.viz.draw.loops import _components
from tinygrad_edu.viz.draw.view import view

STEPS = 20


class Stacked(nn.Module):
    """Two cells, the second fed by the first."""

    def __init__(self):
        super().__init__()
        self.c1, self.c2, self.out = nn.LSTMCell(3, 8), nn.LSTMCell(8, 8), nn.Linear(8, 1)

    def forward(self, x):
        h1 = c1 = tg.zeros(x.shape[0], 8)
        h2 = c2 = tg.zeros(x.shape[0], 8)
        for t in range(x.shape[1]):
            h1, c1 = self.c1(x[:, t], (h1, c1))
            h2, c2 = self.c2(h1, (h2, c2))
        return self.out(h2)


class FedBack(Stacked):
    """The same, but the first cell also gets the second's output of the previous step: the two form one loop."""

    def forward(self, x):
        h1 = c1 = h2 = c2 = tg.zeros(x.shape[0], 8)
        for t in range(x.shape[1]):
            h1, c1 = self.c1(x[:, t], (h1 + h2, c1))
            h2, c2 = self.c2(h1, (h2, c2))
        return self.out(h2)


class ByHand(nn.Module):
    """An LSTM written out, with two linear layers."""

    def __init__(self):
        super().__init__()
        self.a, self.b, self.out = nn.Linear(3, 32), nn.Linear(8, 32), nn.Linear(8, 1)

    def forward(self, x):
        h = c = tg.zeros(x.shape[0], 8)
        for t in range(x.shape[1]):
            i, f, g, o = (self.a(x[:, t]) + self.b(h)).chunk(4, -1)
            c = f.sigmoid() * c + i.sigmoid() * g.tanh()
            h = o.sigmoid() * c.tanh()
        return self.out(h)


def drawn(model, **options):
    x = tg.randn(4, STEPS, 3)
    loss = model(x).mean()
    loss.backward()
    return view(viz.graph(loss, model, names={"x": x}, **options))


def told(shown):
    return [(box.title, box.times) for box in shown.boxes]


@pytest.mark.parametrize(
    ("model", "folds"),
    [(Stacked, [("c1", STEPS), ("c2", STEPS)]), (FedBack, [("c1, c2", STEPS)]), (ByHand, [("a", STEPS), ("b", STEPS)])],
)
def test_unrolled_cells_fold_with_their_parameters_inside(model, folds):
    shown = drawn(model(), depth=1)
    assert told(shown) == [("x", 0), *folds, ("out", 0), ("mean", 0)]
    assert shown.boxes[0].shape == f"[4, {STEPS}, 3]"  # the user's whole tensor
    assert shown.boxes[0].detail == f"in {STEPS} parts"
    parameters = sum(p.size for p in shown.graph.nodes if p.kind == "parameter" for p in [p.value])
    inside = sum(
        int(b.detail.split(" parameters")[0].split(" · ")[-1].replace(",", ""))
        for b in shown.boxes
        if b.times or b.title == "out"
    )
    assert inside == parameters


@pytest.mark.parametrize("model", [Stacked, FedBack, ByHand])
def test_a_crowded_picture_folds_its_loops_before_anything_is_left_out(model):
    shown = drawn(model(), max_nodes=40)
    assert len(shown.boxes) < 20
    assert not any("left out" in note for note in shown.notes)
    assert "drawn once with a repeat count (× n)" in shown.notes[0]
    assert len(drawn(model(), max_nodes=4000).boxes) > 150  # all of it, if requested


@pytest.mark.parametrize("model", [Stacked, FedBack, ByHand])
@pytest.mark.parametrize("options", [{"depth": 1}, {"max_nodes": 40}])
def test_every_box_comes_after_its_inputs_and_every_op_is_in_one(model, options):
    shown = drawn(model(), **options)
    assert all(arrow.source < k for k, box in enumerate(shown.boxes) for arrow in box.inputs)
    members = [m for box in shown.boxes for m in box.members if not box.ghost]
    assert len(members) == len(set(members)) == sum(not n.literal for n in shown.graph.nodes)


def test_a_model_that_is_called_twice_is_drawn_once_with_depth():
    twin = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))
    model = nn.ModuleDict({"twin": twin})
    a, b = tg.randn(5, 3), tg.randn(5, 3)
    distance = ((twin(a) - twin(b)) ** 2).sum()
    shown = view(viz.graph(distance, model, names={"a": a, "b": b}, depth=1))
    assert next((box.title, box.times) for box in shown.boxes if box.node.op) == ("twin", 2)


def test_components_agree_with_scipy():
    sparse = pytest.importorskip("scipy.sparse.csgraph")
    rng = np.random.default_rng(0)
    for _ in range(200):
        n = int(rng.integers(1, 9))
        edges = (rng.random((n, n)) < rng.choice([0.1, 0.2, 0.35])) & ~np.eye(n, dtype=bool)
        _, label = sparse.connected_components(edges.astype(int), directed=True, connection="strong")
        expected = sorted(np.flatnonzero(label == k).tolist() for k in set(label))
        assert sorted(map(sorted, _components([np.flatnonzero(row).tolist() for row in edges]))) == expected


class OneCell(nn.Module):
    def __init__(self):
        super().__init__()
        self.cell, self.out = nn.LSTMCell(3, 8), nn.Linear(8, 1)

    def forward(self, x):
        h = c = tg.zeros(len(x), 8)
        for t in range(x.shape[1]):
            h, c = self.cell(x[:, t], (h, c))
        return self.out(h)


def test_twenty_steps_of_one_cell_are_one_box_by_default_and_three_are_not():
    model = OneCell()
    graph = viz.graph(model(tg.randn(4, STEPS, 3)).mean(), model)
    assert told(view(graph))[:2] == [("input", 0), ("cell", STEPS)]
    parts = view(graph).boxes[0]  # the input has no name, so that only the shape of its slices is known
    assert (parts.shape, parts.detail) == ("[4, 3]", f"{STEPS} parts of this shape")
    few = viz.graph(model(tg.randn(4, 3, 3)).mean(), model)
    assert not any(box.times for box in view(few).boxes)
