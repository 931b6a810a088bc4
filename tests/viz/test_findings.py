"""Findings: each plants one fault and asks for the node at fault, and no other."""

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn, viz


def found(y, **options):
    g = viz.graph(y, **options)
    return [(f.what, g.nodes[f.node] if f.node is not None else None) for f in g.findings]


def healthy():
    model = nn.MLP([3, 4, 1])
    loss = (model(tg.tensor(np.random.default_rng(0).normal(size=(8, 3)).astype(np.float32))) ** 2).mean()
    loss.backward()
    return loss, model


def test_a_healthy_graph_has_no_findings():
    tg.manual_seed(0)
    loss, model = healthy()
    assert viz.graph(loss, model).findings == ()


def test_the_first_nan_is_named_and_what_follows_is_not():
    x = tg.tensor([1.0, -1.0, 4.0], requires_grad=True)
    with np.errstate(all="ignore"):
        y = (tg.log(x * 2) * 3).sum()
    ((what, node),) = found(y)
    assert (what, node.op) == ("NaN appears", "log")


def test_nan_in_the_data_is_blamed_on_the_data():
    x, w = tg.tensor([1.0, float("nan")]), tg.tensor([1.0, 2.0], requires_grad=True)
    ((what, node),) = found((x * w).sum(), names={"x": x})
    assert (what, node.name) == ("NaN in the data", "x")


def test_an_infinite_gradient_is_blamed_on_the_rule_that_made_it():
    x = tg.tensor([0.0, 1.0], requires_grad=True)
    with np.errstate(all="ignore"):
        y = (tg.sqrt(x) * 2).sum()
        y.backward()
    ((what, node),) = found(y)
    assert (what, node.op) == ("Inf in the gradient", "sqrt")


def test_a_dead_relu_is_named():
    x, w = tg.ones(4, 3), tg.ones(3, 5).requires_grad_()
    y = (tg.relu(x @ w) + tg.relu(x @ w - 100)).sum()
    ((what, node),) = found(y)
    assert what == "dead ReLU"
    assert node.value.max == 0


class Cut(nn.Module):
    """Two layers with something between them that loses the graph, and an output that is fed by the second alone."""

    def __init__(self, cut):
        super().__init__()
        self.encoder, self.head, self.cut = nn.Linear(3, 4), nn.Linear(4, 1), cut

    def forward(self, x):
        return self.head(self.cut(self.encoder, x))


def under_no_grad(encoder, x):
    with tg.no_grad():
        return encoder(x).relu() * 2


CUTS = {
    "detach() in  at": lambda encoder, x: encoder(x).detach() * 2,
    "linear under no_grad() in encoder at": under_no_grad,
    "cast to int64 in  at": lambda encoder, x: encoder(x).long().float(),
}


@pytest.mark.parametrize(("said", "cut"), CUTS.items())
def test_a_trace_says_where_the_path_was_cut_and_what_lies_behind(said, cut):
    model = Cut(cut)
    model.spare = nn.Linear(2, 2)
    with viz.trace(model) as t:
        loss = model(tg.ones(2, 3)).sum()
    found, unused = t.graph.findings
    node = t.graph.nodes[found.node]
    assert (found.what, node.shape, node.op) == ("path cut", (2, 4), "")
    assert "reach encoder.weight, encoder.bias: " in found.why
    assert f"cut off by {said.replace(' in  at', ' at')} {__file__}:" in found.why
    assert (unused.what, unused.node) == ("unused parameters", None)
    assert "spare.weight, spare.bias" in unused.why
    del loss


@pytest.mark.parametrize("cut", [*CUTS.values(), lambda encoder, x: tg.tensor(encoder(x).detach().numpy())])
def test_without_a_trace_the_input_without_history_is_named_as_a_possibility(cut):
    model = Cut(cut)
    ((what, node),) = found(model(tg.ones(2, 3)).sum(), model=model)
    assert (what, node.shape, node.kind) == ("path cut?", (2, 4), "input")


def test_a_detached_value_that_cuts_nothing_off_is_not_named():
    model = Cut(lambda encoder, x: encoder(x))
    model.spare = nn.Linear(1, 1)
    x = tg.ones(2, 3)[:1]  # shares memory
    assert found(model(x).sum(), model=model) == [("unused parameters", None)]
    online, target = nn.Linear(3, 1), nn.Linear(3, 1)
    with viz.trace(online):
        loss = ((online(tg.ones(2, 3)) - target(tg.ones(2, 3)).detach()) ** 2).mean()
    assert found(loss, model=online) == []


def test_a_column_meeting_a_row_is_named():
    prediction, target = tg.ones(5, 1).requires_grad_(), tg.ones(5)
    ((what, node),) = found(((prediction - target) ** 2).mean())
    assert (what, node.op, node.shape) == ("broadcast", "subtract", (5, 5))


def test_broadcasting_a_bias_is_fine():
    assert found((tg.ones(5, 3).requires_grad_() + tg.ones(3)).sum()) == []


def test_float64_data_among_float32_parameters_is_named():
    x = tg.tensor(np.ones((2, 3)))
    w = tg.ones(3, 1).requires_grad_()
    ((what, node),) = found((x @ w).sum(), names={"x": x})
    assert (what, node.name) == ("float64", "x")


def test_a_vanishing_gradient_is_named_where_it_falls_below_the_limit():
    x = tg.tensor(0.5, requires_grad=True)
    y = x
    for _ in range(20):
        y = (y * 4).sigmoid() * 0.3
    y.backward()
    ((what, node),) = found(y)
    assert what == "vanishing gradient"
    assert node.op


def test_an_exploding_gradient_is_named():
    x = tg.tensor(1e-9, requires_grad=True)
    y = x
    for _ in range(20):
        y = y * 3
    y.backward()
    ((what, _),) = found(y)
    assert what == "exploding gradient"


def test_a_gradient_that_adds_up_over_steps_is_named():
    w = tg.tensor([1.0, 2.0], requires_grad=True)
    for _ in range(3):
        loss = (w * w).sum()
        loss.backward()
    ((what, node),) = found(loss, names={"w": w})
    assert (what, node.name) == ("gradient added up", "w")
    assert node.facts["times"] == pytest.approx(3)


def test_an_overwritten_value_is_named():
    w = tg.tensor([1.0, 2.0], requires_grad=True)
    loss = (w * w).sum()
    loss.backward()
    with tg.no_grad():
        w -= 0.1
    ((what, node),) = found(loss)
    assert (what, node.op) == ("overwritten value", "multiply")


def test_findings_are_in_the_text_and_the_picture():
    x = tg.tensor([1.0, -1.0], requires_grad=True)
    with np.errstate(all="ignore"):
        g = viz.graph(tg.log(x).sum())
    (finding,) = g.findings
    assert f"▲ {finding}" in str(g)
    svg = g._repr_mimebundle_()["image/svg+xml"]
    assert "▲ NaN appears at #1" in svg
    assert ">NaN appears<" in svg


def test_units_that_few_samples_miss_by_chance_are_not_called_dead():
    x = tg.tensor(np.array([[1.0, -1.0, -1.0, 1.0]] * 3, np.float32), requires_grad=True)
    assert found(tg.relu(x).sum()) == []  # half of the units are 0 for three samples
    many = tg.tensor(np.tile(x.detach().numpy(), (20, 1)), requires_grad=True)
    assert [what for what, _ in found(tg.relu(many).sum())] == ["dead ReLU"]
