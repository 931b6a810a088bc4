"""The data in viz.graph(), compared with those of autograd."""

import gc
import weakref
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn, viz


def neuron():
    """micrograd's neuron: o = tanh(x1·w1 + x2·w2 + b)."""
    values = {"x1": 2.0, "w1": -3.0, "x2": 0.0, "w2": 1.0, "b": 6.8813735870195432}
    leaves = {name: tg.tensor(v, requires_grad=True) for name, v in values.items()}
    n = leaves["x1"] * leaves["w1"] + leaves["x2"] * leaves["w2"] + leaves["b"]
    return {**leaves, "n": n, "o": n.tanh()}


def by_name(g):
    return {node.name: node for node in g.nodes if node.name}


def test_the_gradients_of_micrograds_neuron_are_the_published_ones():
    t = neuron()
    t["o"].backward()
    nodes = by_name(viz.graph(t["o"], names=t))
    found = {name: round(node.grad.first[0], 4) for name, node in nodes.items()}
    assert found == {"x1": -1.5, "w1": 1.0, "x2": 0.5, "w2": 0.0, "b": 0.5, "n": 0.5, "o": 1.0}


def test_ids_are_in_topological_order_and_edges_carry_argument_positions():
    t = neuron()
    g = viz.graph(t["o"], names=t)
    assert [n.id for n in g.nodes] == list(range(len(g.nodes)))
    assert all(e.source < e.target for e in g.edges)
    assert g.root.name == "o"
    for node in g.nodes:
        assert [e.source for e in g.edges if e.target == node.id] == list(node.inputs)


def test_x_times_x_has_two_edges_and_one_leaf():
    x = tg.tensor(3.0, requires_grad=True)
    g = viz.graph(x * x)
    assert [tuple(e) for e in g.edges] == [(0, 1, 0), (0, 1, 1)]


def test_kinds_classify_nodes():
    x, w = tg.tensor([1.0, 2.0]), tg.tensor([3.0, 4.0], requires_grad=True)
    g = viz.graph((x * w + np.ones(2, np.float32)).sum() ** 2, names={"x": x, "w": w})
    assert [f"{n.label} {n.kind}" for n in g.nodes] == [
        "x input", "w parameter", "multiply op", "constant constant", "add op", "sum op", "2 constant", "power output",
    ]  # fmt: skip


def test_interior_gradients_agree_with_autograd_grad():
    rng = np.random.default_rng(0)
    w = tg.tensor(rng.normal(size=(4, 3)), requires_grad=True)
    h = tg.tanh(tg.tensor(rng.normal(size=(5, 4))) @ w)
    loss = (h * h).mean()
    loss.backward()
    expected = tg.autograd.grad(loss, h, retain_graph=True)[0].numpy()
    node = by_name(viz.graph(loss, names={"h": h}))["h"]
    assert node.grad.norm == pytest.approx(float(np.linalg.norm(expected)), rel=1e-9)
    assert node.grad.mean == pytest.approx(float(expected.mean()), rel=1e-9)


def test_drawing_changes_no_gradient_and_runs_no_hook():
    w = tg.tensor([1.0, 2.0], requires_grad=True)
    h = w * w
    h.retain_grad()
    calls = []
    h.register_hook(lambda g: calls.append(g))
    loss = h.sum()
    loss.backward()
    before = (w.grad.numpy().copy(), h.grad.numpy().copy(), len(calls))
    viz.graph(loss, gradients=True)
    assert np.array_equal(w.grad.numpy(), before[0])
    assert np.array_equal(h.grad.numpy(), before[1])
    assert len(calls) == before[2]


def test_gradients_appear_only_after_backward():
    t = neuron()
    assert not viz.graph(t["o"]).has_grad
    t["o"].backward()
    g = viz.graph(t["o"])
    assert g.has_grad
    assert all(n.grad is not None for n in g.nodes)


def test_gradients_true_computes_them_without_any_backward():
    t = neuron()
    g = viz.graph(t["o"], names=t, gradients=True)
    assert by_name(g)["n"].grad.first[0] == pytest.approx(0.5)
    assert by_name(g)["x1"].grad is None  # a leaf shows its own .grad, and there is none yet
    assert t["x1"].grad is None


def test_after_an_optimizer_step_unknown_gradients_say_why():
    w1, w2 = (tg.tensor(np.eye(2, dtype=np.float32) * k, requires_grad=True) for k in (2, 3))
    w2.name = "w2"
    loss = ((tg.ones(1, 2) @ w1) @ w2).sum()
    loss.backward()
    with tg.no_grad():
        w1 -= 0.1
        w2 -= 0.1
    nodes = viz.graph(loss).nodes
    first_matmul = next(n for n in nodes if n.op == "matmul")
    assert first_matmul.grad is None
    assert "w2" in first_matmul.note
    assert "changed after the forward pass" in first_matmul.note
    assert next(n for n in nodes if n.name == "w2").grad is not None  # the gradients of backward() are still there


def test_a_graph_freed_by_a_later_backward_is_a_single_node_that_says_so():
    w = tg.tensor(1.0, requires_grad=True)
    first, second = w * 2, w * 3
    first.backward()
    second.backward()
    (node,) = viz.graph(first).nodes
    assert "later backward()" in node.note


def test_a_graph_keeps_no_array_alive():
    w = tg.tensor(np.ones(1000), requires_grad=True)
    loss = (w * 2).sum()
    g = viz.graph(loss)
    alive = weakref.ref(w)
    gc.disable()
    try:
        del w, loss
        assert alive() is None
    finally:
        gc.enable()
    assert len(g) == 4


def test_parameters_are_named_by_their_path_in_the_model():
    class Model:
        def __init__(self):
            self.weight = tg.tensor([1.0], requires_grad=True)

        def named_parameters(self):
            return [("layers.0.weight", self.weight)]

    model = Model()
    node = viz.graph(model.weight * 2, model, names={"w": model.weight}).nodes[0]
    assert (node.name, node.module) == ("layers.0.weight", "layers.0")


def test_a_tensors_own_name_takes_precedence():
    x = tg.tensor([1.0], requires_grad=True)
    x.name = "mine"
    assert viz.graph(x * 2, names={"x": x}).nodes[0].name == "mine"


def test_nan_and_infinity_are_counted():
    x = tg.tensor([1.0, 0.0, -1.0], requires_grad=True)
    with np.errstate(all="ignore"):
        y = tg.log(x)
    g = viz.graph(y)
    assert (g.root.value.nan, g.root.value.inf) == (1, 1)


def test_the_backward_order_is_the_reverse_of_the_recorded_order():
    t = neuron()
    g = viz.graph(t["o"])
    orders = [n.order for n in g.nodes if n.order is not None]
    assert orders == sorted(orders, reverse=True)
    assert g.root.order == 0


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: viz.graph(3.0), TypeError, "graph: expected a Tensor, got float: only Tensors remember"),
        (lambda: viz.graph([]), TypeError, "graph: there is no Tensor in this list"),
        (lambda: viz.graph({"loss": 3.0}), TypeError, "graph: there is no Tensor in this dict"),
        (lambda: viz.graph(nn.Linear(2, 1)), TypeError, "got a model (Linear), which has no graph until it is called"),
        (lambda: viz.graph(tg.ones(2).sum), TypeError, "method `sum` of Tensor, which was not called: viz.graph(x.sum())"),
        (
            lambda: viz.graph(tg.ones(2).backward),
            TypeError,
            "`backward` of Tensor, which was not called: viz.graph(x)",
        ),
        (lambda: viz.graph(nn.ReLU().forward), TypeError, "ReLU, which was not called: viz.graph(model(x), model)"),
        (lambda: viz.graph(tg.exp), TypeError, "function `exp`, which was not called: pass what it returns"),
        (lambda: viz.graph(tg.Tensor), TypeError, "got the class Tensor"),
        (lambda: viz.graph(Fraction(1, 2)), TypeError, "expected a tinygrad_edu Tensor, got a fractions.Fraction"),
        (lambda: viz.graph(tg.tensor(1.0), object()), TypeError, "named_parameters"),
        (lambda: viz.graph(tg.tensor(1.0), direction="up"), ValueError, "'TB', 'LR'"),
        (lambda: viz.graph(tg.tensor(1.0), show="color"), ValueError, "'shape', 'value', 'grad'"),
        (lambda: viz.graph(tg.tensor(1.0), max_nodes=0), ValueError, "max_nodes must be at least 1"),
        (lambda: viz.graph(tg.tensor(1.0), max_nodes=2.5), TypeError, "max_nodes must be an integer, got 2.5"),
        (
            lambda: viz.graph(tg.tensor(1.0), depth="1"),
            TypeError,
            "depth must be an integer, or None for the whole graph, got '1'",
        ),
        (lambda: viz.graph(tg.tensor(1.0), names=["a"]), TypeError, "names must map names to tensors"),
        (
            lambda: viz.graph(tg.tensor(1.0)).with_options(colour="grad"),
            TypeError,
            "no option colour; the options are direction",
        ),
        (
            lambda: viz.graph(tg.tensor(1.0)).diff(tg.tensor(1.0)),
            TypeError,
            "expected another graph, as viz.graph(loss) returns",
        ),
        (lambda: viz.graph(tg.tensor(1.0)).save("x.bmp"), ValueError, ".svg"),
    ],
)
def test_errors_say_what_is_wrong(call, error, words):
    with pytest.raises(error, match=r"[gG]raph") as info:
        call()
    assert words in str(info.value).replace("Graph", "graph")


def test_a_single_leaf_is_a_graph():
    g = viz.graph(tg.tensor([1.0, 2.0]))
    assert len(g) == 1
    assert [node.shape for node in g] == [(2,)]
    assert "[1, 2]" in str(g)


def test_importing_the_package_imports_no_viz_matplotlib_or_graphviz():
    import subprocess
    import sys

    code = "import sys, tinygrad_edu; print([m for m in sys.modules if m.split('.')[-1] in ('viz', 'matplotlib', 'graphviz')])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"


# --- several outputs ---


class Pair(NamedTuple):
    mean: tg.Tensor
    other: object


@dataclass
class Output:
    loss: tg.Tensor
    heads: list


@pytest.mark.parametrize(
    ("structure", "names"),
    [
        (lambda a, b: (a, b), ["output[0]", "output[1]"]),
        (lambda a, b: [a, None, [b]], ["output[0]", "output[2][0]"]),
        (lambda a, b: {"loss": a, "heads": {"first": b, 2: a}}, ["loss", "heads.first"]),
        (lambda a, b: Pair(a, (b, 3)), ["mean", "other[0]"]),
        (lambda a, b: Output(a, [b]), ["loss", "heads[0]"]),
    ],
)
def test_several_outputs_are_drawn_in_one_graph_and_named_by_their_position(structure, names):
    x = tg.tensor(2.0, requires_grad=True)
    a = x * 3
    b = a.exp()
    g = viz.graph(structure(a, b))
    assert [n.name for n in g.outputs] == names
    assert [n.op for n in g.outputs] == ["multiply", "exp"]
    assert g.title == f"{names[0]}, {names[1]} · 2 ops · 1 parameter"
    assert [n.name for n in viz.graph(structure(a, b), names={"a": a}).outputs] == ["a", names[1]]


def test_the_gradients_of_several_outputs_are_those_of_their_sum():
    x = tg.tensor(2.0, requires_grad=True)
    a = x * 3
    b, c = a.exp(), x.square()
    (a + b + c).backward(retain_graph=True)
    g = viz.graph([a, b, c], names={"x": x})
    of = {n.name: n.grad.first[0] for n in g.nodes if n.grad is not None}
    assert of["x"] == x.grad.item() == pytest.approx(3 + 3 * np.exp(6) + 4, rel=1e-6)
    assert of["output[0]"] == pytest.approx(1 + np.exp(6), rel=1e-6)
    assert of["output[1]"] == 1
    assert "output[1]: g = ∂(output[0] + output[1] + output[2])/∂output[1] = 1" in viz.explain(g)


def test_what_a_recurrent_layer_returns_can_be_drawn():
    lstm = nn.LSTM(3, 4)
    g = viz.graph(lstm(tg.ones(2, 1, 3)), lstm)
    assert [n.name for n in g.outputs] == ["output[0]", "output[1][0]", "output[1][1]"]
    assert [n.shape for n in g.outputs] == [(2, 1, 4), (1, 1, 4), (1, 1, 4)]


@pytest.mark.parametrize(
    ("mode", "name"),
    [("nearest", "UpsampleNearest2D"), ("nearest-exact", "UpsampleNearestExact2D"), ("bilinear", "UpsampleBilinear2D")],
)
def test_an_interpolation_is_one_op_with_pytorchs_name(mode, name):
    x = tg.ones(1, 1, 2, 2, requires_grad=True)
    y = tg.nn.functional.interpolate(x, scale_factor=2, mode=mode)
    assert [node.op for node in viz.graph(y).nodes] == ["", "interpolate"]
    assert f"interpolate size=(4, 4) mode={mode}" in str(viz.graph(y))
    assert repr(y).endswith(f"grad_fn=<{name}Backward0>)")


@pytest.mark.parametrize("name", ["adaptive_avg_pool1d", "adaptive_avg_pool2d", "adaptive_max_pool1d", "adaptive_max_pool2d"])
def test_an_adaptive_pooling_is_one_op(name):
    x = tg.ones(1, 1, *[5] * int(name[-2]), requires_grad=True)
    y = getattr(tg.nn.functional, name)(x, 2)
    assert [node.op for node in viz.graph(y).nodes] == ["", name]
