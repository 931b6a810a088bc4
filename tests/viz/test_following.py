"""One element followed through a graph: its slopes against finite differences, and the text about them."""

import re

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn, viz


@pytest.mark.parametrize("requires_grad", [True, False])
def test_the_slopes_are_those_of_finite_differences(requires_grad):
    tg.manual_seed(0)
    first, second = nn.Linear(3, 4).double(), nn.Linear(4, 2).double()
    data, target = np.random.default_rng(0).normal(size=(5, 3)), tg.tensor([0, 1, 1, 0, 1])

    def forward(array):
        x = tg.tensor(array, requires_grad=requires_grad)
        h = first(x)
        a = tg.tanh(h) * (x.sum() if requires_grad else 2)
        out = second(a)
        return {"x": x, "h": h, "a": a, "out": out, "loss": nn.functional.cross_entropy(out, target)}

    made = forward(data)
    made["loss"].backward()
    nodes = {n.name: n.followed for n in viz.graph(made["loss"], names=made, follow="x[1, 2]").nodes if n.name}
    up, down = data.copy(), data.copy()
    up[1, 2] += 1e-6
    down[1, 2] -= 1e-6
    higher, lower = forward(up), forward(down)
    for name in ("h", "a", "out", "loss"):
        slopes = (higher[name].detach().numpy() - lower[name].detach().numpy()) / 2e-6
        found = nodes[name]
        assert found.slope == pytest.approx(slopes[found.at], rel=1e-5)
        assert abs(found.slope) == pytest.approx(np.abs(slopes).max(), rel=1e-5)
        assert found.value == made[name].detach().numpy()[found.at]
        assert found.depend == np.count_nonzero(np.abs(slopes) > 1e-9)
    if requires_grad:
        assert nodes["loss"].slope == pytest.approx(made["x"].grad[1, 2].item(), rel=1e-9)


def test_every_format_says_what_depends_on_the_element():
    x = tg.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    y = (x * 10).relu()
    g = viz.graph(y.sum(), names={"x": x, "y": y}, follow="x[0, 1]")
    assert {n.name: str(n.followed) for n in g.nodes if n.name} == {
        "x": "[0, 1] = 2, slope 1 (1 of 4)", "y": "[0, 1] = 20, slope 10 (1 of 4)",
    }  # fmt: skip
    assert str(g.root.followed) == "this = 100, slope 10 (1 of 1)"
    for suffix in (".txt", ".svg", ".dot", ".mmd", ".html", ".json"):
        assert "slope" in str(g._written(suffix))


def test_text_about_the_element_that_does_not_fit_a_box_is_complete_in_the_tooltip():
    x = tg.ones(40, 40, 40, requires_grad=True)
    g = viz.graph(x * -0.000123456, names={"x": x}, follow="x[0, 30, 30]")
    assert re.search(r"<title>[^<]*followed: \[0, 30, 30\] = -0.0001235, slope -0.0001235 \(1 of 64,000\)", g._written(".svg"))


def test_elements_that_do_not_depend_on_it_are_not_mentioned_and_a_zero_slope_ends_the_path():
    x, w = tg.tensor([-1.0, 2.0], requires_grad=True), tg.tensor([1.0, 1.0], requires_grad=True)
    y = x.relu() + w
    followed = {n.op or n.name: n.followed for n in viz.graph(y, names={"x": x, "w": w}, follow="x[0]").nodes}
    assert followed["w"] is None
    assert followed["relu"] is None  # -1 is cut off: nothing later depends on it
    assert followed["add"] is None


@pytest.mark.parametrize(
    ("follow", "words"),
    [
        ("z[0]", "'z' is none of x"),
        ("x", r"x has the shape \[2, 2\]"),
        ("x[0, 2]", r"x has the shape \[2, 2\]"),
        ("x[0", "follow names one element"),
    ],
)
def test_a_bad_index_is_refused(follow, words):
    x = tg.ones(2, 2, requires_grad=True)
    with pytest.raises(ValueError, match=words):
        viz.graph(x.sum(), names={"x": x}, follow=follow)


def test_an_element_behind_a_freed_graph_is_refused_with_that_reason():
    x = tg.ones(2, 2, requires_grad=True)
    loss = x.sum()
    loss.backward()
    x.sum().backward()
    with pytest.raises(ValueError, match=r"a later backward\(\) freed the graph.*retain_graph=True"):
        viz.graph(loss, names={"x": x}, follow="x[0, 0]")


def test_a_given_tensor_outside_the_graph_is_refused_with_that_reason():
    x, y = tg.ones(2, 2, requires_grad=True), tg.ones(2)
    with pytest.raises(ValueError, match="'y' is not a tensor of this graph"):
        viz.graph(x.sum(), names={"x": x, "y": y}, follow="y[0]")
