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


@pytest.mark.parametrize("cut", [lambda h: h.detach(), lambda h: tg.tensor(h.detach().numpy())])
def test_a_cut_path_is_named_where_it_was_cut(cut):
    first, second = nn.Linear(3, 4), nn.Linear(4, 1)
    model = nn.Sequential(first, second)
    h = cut(first(tg.ones(2, 3)))
    findings = found(second(h).sum(), model=model, names={"h": h})
    (what, node), *rest = findings
    if node is None:  # a copy leaves no trace
        assert what == "unused parameters"
    else:
        assert (what, node.name) == ("path cut", "h")
    assert rest == []


def test_a_trace_sees_where_no_grad_cut_the_path():
    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.encoder, self.head = nn.Linear(3, 4), nn.Linear(4, 1)

        def forward(self, x):
            with tg.no_grad():
                h = self.encoder(x)
            return self.head(h)

    model = Model()
    with viz.trace(model) as t:
        loss = model(tg.ones(2, 3)).sum()
    (finding,) = t.graph.findings
    assert finding.what == "path cut"
    assert "left encoder under no_grad()" in finding.why
    assert "encoder.weight" in finding.why
    assert t.graph.nodes[finding.node].shape == (2, 4)
    del loss


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


# --- when it breaks ---


def test_an_op_that_raises_leaves_its_graph_and_the_error_reaches_the_user():
    w = tg.ones(3, 2).requires_grad_()
    with pytest.raises(ValueError, match="broadcast"), viz.trace() as t:
        (w * 2) + tg.ones(4)
    g = t.graph
    assert (g.root.kind, g.root.op) == ("failed", "add")
    assert [g.nodes[i].shape for i in g.root.inputs] == [(3, 2), (4,)]
    assert g.root.source.startswith(__file__)
    assert "cannot be broadcast" in str(g)
    assert "raised" in g._repr_mimebundle_()["image/svg+xml"]


def test_a_layer_that_gets_a_wrong_shape_is_named():
    model = nn.Sequential(nn.Linear(3, 4), nn.Linear(5, 1))
    with pytest.raises(ValueError, match="in_features"), viz.trace(model) as t:
        model(tg.ones(2, 3))
    assert (t.graph.root.op, t.graph.root.module) == ("Linear", "1")


def test_a_trace_records_module_and_line_of_each_op():
    model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 1))
    with viz.trace(model):
        y = model(tg.ones(2, 3)).sum()
    ops = [n for n in viz.graph(y, model).nodes if n.op]
    assert [n.module for n in ops] == ["0", "1", "2", ""]
    assert all(n.source.startswith(__file__) for n in ops)


def test_a_trace_leaves_no_hook_behind():
    model = nn.Linear(3, 1)
    with viz.trace(model):
        model(tg.ones(1, 3))
    y = model(tg.ones(1, 3))
    assert not hasattr(y, "_origin")
    assert not hasattr(y, "_module")


def test_units_that_few_samples_miss_by_chance_are_not_called_dead():
    x = tg.tensor(np.array([[1.0, -1.0, -1.0, 1.0]] * 3, np.float32), requires_grad=True)
    assert found(tg.relu(x).sum()) == []  # half of the units are 0 for three samples
    many = tg.tensor(np.tile(x.detach().numpy(), (20, 1)), requires_grad=True)
    assert [what for what, _ in found(tg.relu(many).sum())] == ["dead ReLU"]
