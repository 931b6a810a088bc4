"""Large graphs: repeated steps are folded into one, and what still does not fit is left out and counted."""

import xml.etree.ElementTree as ET
from contextlib import nullcontext

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn, viz
from tinygrad_edu.viz.draw.repeats import find_repeats
from tinygrad_edu.viz.draw.view import view
from tinygrad_edu.viz.render.style import pixels
from tinygrad_edu.viz.writers import html


def chain(n):
    y = tg.tensor(1.0, requires_grad=True)
    for _ in range(n):
        y = y * 1.00001
    return y


def rnn(steps):
    wx, wh = (tg.tensor(np.eye(3, dtype=np.float32) / 2, requires_grad=True) for _ in range(2))
    h = tg.zeros(1, 3)
    for _ in range(steps):
        h = (tg.ones(1, 3) @ wx + h @ wh).tanh()
    return h.sum()


@pytest.mark.slow
def test_a_chain_of_100_000_ops_is_folded_in_text_and_picture():
    g = viz.graph(chain(100_000))
    text = str(g)
    assert len(text.splitlines()) < 8
    assert "multiply × 100,000" in text
    ET.fromstring(g._repr_mimebundle_()["image/svg+xml"])


def test_steps_of_a_recurrent_network_are_one_fold():
    nodes = viz.graph(rnn(30)).nodes
    (fold,) = find_repeats(nodes)
    assert fold.times == 30
    assert [nodes[i].op for i in fold.pattern] == ["matmul", "add", "tanh"]
    assert sum(1 for i in fold.members if nodes[i].op) == 30 * 4  # with x @ wx, which is a branch


def test_residual_blocks_fold_with_their_skip_connections_inside():
    h = tg.ones(1, 3)
    for _ in range(10):
        h = h + tg.relu(h @ tg.ones(3, 3).requires_grad_())
    nodes = viz.graph(h.sum()).nodes
    (fold,) = find_repeats(nodes)
    assert (fold.times, len(fold.pattern)) == (10, 3)


def test_twelve_equal_blocks_are_one_fold_and_what_enters_them_stays_outside():
    h = x = tg.ones(2, 4)
    for _ in range(12):
        h = tg.relu(h @ tg.ones(4, 4).requires_grad_())
    g = viz.graph(h.sum(), names={"x": x}, max_nodes=10)
    boxes = view(g).boxes
    assert [(box.title, box.times) for box in boxes] == [("x", 0), ("matmul, relu", 12), ("sum", 0)]
    assert [a.source for a in boxes[1].inputs] == [0]


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.f, self.g = nn.Linear(4, 4), nn.Linear(4, 4)

    def forward(self, x):
        return x + self.g(self.f(x).relu())


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        (lambda: [layer for _ in range(12) for layer in (nn.Linear(4, 4), nn.ReLU())], [("Linear, relu", 12)]),
        (lambda: [nn.Linear(4, 4), *(Block() for _ in range(12))], [("0", 0), ("Block, add", 12)]),
        (lambda: [Block(), Block()], [("0", 0), ("add", 0), ("1", 0), ("add", 0)]),
    ],
)
def test_a_requested_depth_folds_runs_of_the_same_modules(layers, expected):
    model = nn.Sequential(*layers())
    g = viz.graph(model(tg.ones(2, 4)).sum(), model)
    ops = [(box.title, box.times) for box in view(g.with_options(depth=1)).boxes if box.node.op]
    assert ops == [*expected, ("sum", 0)]
    assert not any(box.times for box in view(g).boxes)
    ET.fromstring(g.with_options(depth=1)._written(".svg"))


def test_a_fold_does_not_split_a_module():
    model = nn.Sequential(nn.RNN(3, 3), nn.Identity())
    out, _ = model[0](tg.ones(5, 1, 3))
    for _ in range(5):
        out = out.tanh()
    boxes = view(viz.graph(out.sum(), model, depth=1)).boxes
    assert [(box.title, box.times) for box in boxes if box.node.op][:2] == [("0", 0), ("tanh", 5)]


def test_a_first_block_that_differs_from_the_others_is_drawn_separately():
    h = tg.ones(2, 3)
    for width in (3, *[4] * 11):
        h = tg.relu(h @ tg.ones(width, 4).requires_grad_())
    (fold,) = find_repeats(viz.graph(h.sum()).nodes)
    assert fold.times == 11


def test_steps_whose_values_are_used_elsewhere_are_not_folded():
    y, kept = chain(1), []
    for _ in range(10):
        y = y.tanh()
        kept.append(y)
    assert find_repeats(viz.graph(tg.stack(kept).sum()).nodes) == []


def test_folding_leaves_an_acyclic_graph():
    for y in (chain(50), rnn(20)):
        g = viz.graph(y, max_nodes=5)
        boxes = view(g).boxes
        assert all(a.source < i for i, box in enumerate(boxes) for a in box.inputs)


def test_a_note_is_wrapped_and_does_not_widen_a_narrow_picture():
    g = viz.graph(rnn(30), max_nodes=5)
    (note,) = view(g).notes
    root = ET.fromstring(g._written(".svg"))
    soft = [t.text for t in root.iter("{http://www.w3.org/2000/svg}text") if t.get("class") == "tg-soft"]
    assert f"{soft[0]} {soft[1]}" == note
    assert float(root.get("width")) < pixels(note, 11) + 48  # with the margins


def test_small_graphs_are_not_folded():
    g = viz.graph(rnn(30))
    assert not any(box.times for box in view(g).boxes)
    assert len(view(g).boxes) > len([n for n in g.nodes if not n.literal])  # and shared weights are drawn at each use


def test_shared_leaves_are_drawn_once_if_requested():
    g = viz.graph(rnn(30), share="once")
    assert len(view(g).boxes) == len([n for n in g.nodes if not n.literal])


def test_nodes_that_cannot_be_folded_are_left_out_and_counted():
    rng = np.random.default_rng(0)
    y, kept = tg.tensor([1.0], requires_grad=True), []
    for op in rng.integers(0, 3, 200):
        y = (y.tanh(), y.exp(), y.sin())[op] * 0.5
        kept.append(y)
    g = viz.graph(tg.stack(kept).sum(), max_nodes=50)
    shown = view(g)
    assert len(shown.boxes) < 110
    assert any("left out" in note for note in shown.notes)
    assert "left out" in str(g)
    ET.fromstring(g._repr_mimebundle_()["image/svg+xml"])


def test_2_000_nodes_are_drawn_in_full_if_requested():
    h = tg.ones(1, 2)
    for _ in range(330):
        h = h + tg.relu(h @ tg.zeros(2, 2).requires_grad_() + tg.ones(2))
    g = viz.graph(h.sum(), max_nodes=3000)
    assert len(g) > 1700
    svg = ET.fromstring(g._repr_mimebundle_()["image/svg+xml"])
    assert sum("tg-node" in e.get("class", "") and e.find("{http://www.w3.org/2000/svg}title") is not None for e in svg) == len(
        g
    )


def test_text_of_wide_branching_graphs_stays_narrow():
    def tree(depth):
        return tg.tensor(1.0, requires_grad=True).tanh() if depth == 0 else tree(depth - 1) + tree(depth - 1)

    text = str(viz.graph(tree(6), max_nodes=1000))
    assert max(map(len, text.splitlines())) < 120
    assert text.count("tanh") == 64


def test_a_ladder_of_branches_is_continued_at_the_margin():
    y = tg.tensor(1.0, requires_grad=True)
    for _ in range(40):  # each rung has two branches of nearly equal depth
        y = y.tanh().sin() * y.cos()
    text = str(viz.graph(y, max_nodes=1000))
    assert max(map(len, text.splitlines())) < 140
    assert text.count("= tanh") + text.count("● tanh") == 40


# --- networks of about 2,000 nodes ---


class Step(nn.Module):
    """x + 0.1 relu(W x + b), with its layers as modules."""

    def __init__(self):
        super().__init__()
        self.linear, self.act = nn.Linear(4, 4), nn.ReLU()

    def forward(self, x):
        return x + 0.1 * self.act(self.linear(x))


class Residual(nn.Module):
    """The same 330 times, with the layers in a list; `ends` adds a layer before and after."""

    def __init__(self, ends):
        super().__init__()
        self.first = nn.Linear(4, 4) if ends else nn.Identity()
        self.layers = nn.ModuleList(nn.Linear(4, 4) for _ in range(330))
        self.last = nn.Linear(4, 2) if ends else nn.Identity()

    def forward(self, x):
        x = self.first(x)
        for layer in self.layers:
            x = x + 0.1 * tg.relu(layer(x))
        return self.last(x)


def transformer(layers):
    layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
    return nn.TransformerEncoder(layer, layers).eval()


FOLDED = "Linear, relu, multiply, add"


@pytest.mark.parametrize("traced", [False, True])
@pytest.mark.parametrize(
    ("model", "shape", "before", "fold", "behind"),
    [
        (lambda: Residual(False), (3, 4), [], (FOLDED, 330, "6,600 parameters"), []),
        (lambda: Residual(True), (3, 4), ["linear"], (FOLDED, 330, "6,600 parameters"), ["linear"]),
        (
            lambda: nn.Sequential(nn.Linear(4, 4), *(Step() for _ in range(330)), nn.Linear(4, 2)),
            (3, 4), ["linear"], (FOLDED, 330, "6,600 parameters"), ["linear"],
        ),
        (
            lambda: nn.Sequential(nn.Sequential(*(Step() for _ in range(330))), nn.Linear(4, 2)),
            (3, 4), [], (FOLDED, 330, "6,600 parameters"), ["linear"],
        ),
        (
            lambda: nn.MLP([4, *[8] * 500, 1]),
            (3, 4), ["linear", "relu"], ("Linear, relu", 499, "35,928 parameters"), ["linear"],
        ),
        (lambda: transformer(50), (2, 5, 8), [], ("TransformerEncoderLayer", 50, "1,100 ops · 30,000 parameters"), []),
    ],
)  # fmt: skip
def test_hundreds_of_equal_blocks_are_one_fold_between_the_first_and_the_last_parts(model, shape, before, fold, behind, traced):
    net, x = model(), tg.ones(*shape)
    with viz.trace(net) if traced else nullcontext():
        loss = (net(x) ** 2).mean()
    g = viz.graph(loss, net, names={"x": x})
    assert len(g) > 1700
    shown = view(g)
    title, times, detail = fold
    drawn = [(box.title.lower(), box.times) for box in shown.boxes if box.node.op]
    assert drawn == [
        *[(word, 0) for word in before], (title.lower(), times), *[(word, 0) for word in behind], ("(·)²", 0), ("mean", 0)
    ]  # fmt: skip
    (box,) = [box for box in shown.boxes if box.times]
    assert box.detail == detail
    (note,) = shown.notes
    ops = sum(1 for node in g.nodes if node.op)
    folded = ops - len(before + behind) - 2
    assert note == f"{folded:,} of {ops:,} ops are in repeated steps, drawn once with a repeat count (× n)"
    assert view(g).boxes == shown.boxes  # the same each time


def test_one_parameter_is_counted_in_the_singular():
    net = nn.Sequential(nn.Linear(1, 1, bias=False))
    loss = net(tg.ones(2, 1)).mean()
    (box,) = [box for box in view(viz.graph(loss, net, depth=1)).boxes if box.title == "0"]
    assert box.detail == "Linear · 1 op · 1 parameter"
    assert r'"detail":"1 op \u00b7 1 parameter"' in html.write(viz.graph(loss, net))


def test_a_dozen_blocks_of_a_transformer_are_drawn_one_by_one():
    net = transformer(12)
    shown = view(viz.graph(net(tg.ones(2, 5, 8)).mean(), net))
    assert sum(box.title == "scaled_dot_product_attention" for box in shown.boxes) == 12
    assert not any(box.times for box in shown.boxes)


def test_no_box_hides_most_of_a_network_if_its_steps_can_be_folded():
    model = nn.Sequential(nn.Sequential(*(Step() for _ in range(20))), nn.Linear(4, 2))
    shown = view(viz.graph(model(tg.ones(3, 4)).sum(), model, max_nodes=20))
    assert [(b.title, b.times) for b in shown.boxes if b.node.op] == [(FOLDED, 20), ("linear", 0), ("sum", 0)]


def test_two_different_layers_of_one_class_are_distinguished():
    model = nn.Sequential(*(nn.Linear(4, 4) for _ in range(40)))
    blocks = nn.Sequential(*(nn.Sequential(nn.Linear(4, 8), nn.Linear(8, 4), nn.ReLU()) for _ in range(40)))
    for net, title in ((model, "Linear"), (blocks, "Linear, Linear, relu")):
        shown = view(viz.graph(net(tg.ones(3, 4)).sum(), net, max_nodes=20))
        assert [box.title for box in shown.boxes if box.times] == [title]


def test_branches_that_lead_back_fold_with_their_step():
    h = tg.ones(3, 4).requires_grad_()
    for _ in range(30):  # a long branch and a longer one, both from the step before
        side = tg.exp(tg.sin(tg.tanh(tg.cos(h))))
        h = tg.tanh(tg.sin(tg.cos(tg.tanh(tg.sin(h @ tg.ones(4, 4).requires_grad_()))))) * side
    (fold,) = find_repeats(viz.graph(h.sum()).nodes)
    assert (fold.times, len(fold.pattern)) == (30, 7)


def test_two_towers_that_meet_are_each_folded():
    towers = []
    for f in (tg.tanh, tg.sin):
        h = tg.ones(3, 4)
        for _ in range(30):
            h = f(h @ tg.ones(4, 4).requires_grad_())
        towers.append(h)
    assert [fold.times for fold in find_repeats(viz.graph((towers[0] * towers[1]).sum()).nodes)] == [30, 30]
