"""Findings: a planted fault is reported at its node, and nothing else is reported."""

import re

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn, optim, viz
from tinygrad_edu.viz.draw.view import view
from tinygrad_edu.viz.render.escape import source_line


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


def test_the_first_nan_is_reported_and_later_ones_are_not():
    x = tg.tensor([1.0, -1.0, 4.0], requires_grad=True)
    with np.errstate(all="ignore"):
        y = (tg.log(x * 2) * 3).sum()
    ((what, node),) = found(y)
    assert (what, node.op) == ("NaN appears", "log")


def test_nan_from_values_that_are_all_infinite_or_from_none_has_a_reason_that_fits():
    x = tg.tensor([[1.0, 2.0]], requires_grad=True)
    with np.errstate(all="ignore"):
        (masked,) = viz.graph((x - np.inf).softmax(dim=1).sum()).findings
        (empty,) = viz.graph(tg.zeros(0, requires_grad=True).mean()).findings
    assert masked.why == "softmax [1, 2] produces 2 NaN from no finite values: a whole row is masked"
    assert (empty.why, empty.do) == (
        "mean produces 1 NaN from no finite values: an input has no elements",
        "check the shape of that input",
    )


def test_nan_in_the_data_is_attributed_to_the_data():
    x, w = tg.tensor([1.0, float("nan")]), tg.tensor([1.0, 2.0], requires_grad=True)
    ((what, node),) = found((x * w).sum(), names={"x": x})
    assert (what, node.name) == ("NaN in the data", "x")


def test_an_infinite_gradient_is_attributed_to_the_rule_that_computed_it():
    x = tg.tensor([0.0, 1.0], requires_grad=True)
    with np.errstate(all="ignore"):
        y = (tg.sqrt(x) * 2).sum()
        y.backward()
    ((what, node),) = found(y)
    assert (what, node.op) == ("Inf in the gradient", "sqrt")


def test_of_two_rules_the_one_that_returns_infinity_is_reported():
    x = tg.tensor([0.0, 1.0], requires_grad=True)
    h = x * 1
    with np.errstate(all="ignore"):
        y = (h + tg.square(h) + tg.sqrt(h) * 1).sum()
        y.backward()
    ((what, node),) = found(y)
    assert (what, node.op) == ("Inf in the gradient", "sqrt")


def test_a_dead_relu_is_reported():
    x, w = tg.ones(4, 3), tg.ones(3, 5).requires_grad_()
    y = (tg.relu(x @ w) + tg.relu(x @ w - 100)).sum()
    ((what, node),) = found(y)
    assert what == "dead ReLU"
    assert node.value.max == 0


RELUS = {
    "relu": tg.relu,
    "maximum": lambda h: tg.maximum(h, 0),
    "maximum of zeros": lambda h: tg.maximum(tg.zeros_like(h), h),
    "clip": lambda h: h.clamp(min=0),
    "hardtanh": nn.functional.relu6,
}


def with_bias(layer, *bias):
    with tg.no_grad():
        layer.bias.copy_(tg.tensor([float(b) for b in bias]))
    return layer


@pytest.mark.parametrize("relu", RELUS.values(), ids=RELUS)
def test_any_function_that_cuts_at_zero_counts_as_a_relu(relu):
    layer = with_bias(nn.Linear(4, 8), *[-100] * 7, 100)
    h = relu(layer(tg.ones(64, 4)))
    for y in (h.sum(), nn.Linear(8, 1)(h).sum()):
        g = viz.graph(y)
        (finding,) = g.findings
        assert (finding.what, g.nodes[finding.node].shape) == ("dead ReLU", (64, 8))
        assert "7 of 8 units" in finding.why


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (nn.Conv2d(1, 4, 3), (16, 1, 8, 8)),
        (nn.Conv2d(1, 4, 3), (1, 8, 8)),
        (nn.Conv1d(1, 4, 3), (16, 1, 8)),
        (nn.ConvTranspose2d(1, 4, 3), (16, 1, 8, 8)),
        (nn.BatchNorm1d(4), (16, 4, 8)),
        (nn.Sequential(nn.Conv1d(1, 4, 3), nn.MaxPool1d(2)), (16, 1, 8)),
        (nn.Sequential(nn.Conv1d(1, 4, 3), nn.AvgPool1d(2)), (16, 1, 9)),
    ],
    ids=repr,
)
def test_the_units_of_a_convolution_are_its_channels(layer, shape):
    with_bias(layer[0] if isinstance(layer, nn.Sequential) else layer, -100, -100, -100, 100)
    g = viz.graph(tg.relu(layer(tg.randn(*shape))).sum(), layer)
    node = next(n for n in g.nodes if n.op == "relu")
    assert (node.details["dead"], node.details["units"]) == (3, 4)


@pytest.mark.parametrize(
    ("layer", "shape", "axis"),
    [
        (nn.Conv2d(2, 4, 3, bias=False), (5, 2, 8, 8), 1),
        (nn.Conv2d(2, 4, 3, bias=False), (2, 8, 8), 0),
        (nn.Conv1d(2, 4, 3, bias=False), (5, 2, 8), 1),
        (nn.ConvTranspose1d(2, 4, 3, bias=False), (5, 2, 8), 1),
        (nn.Linear(6, 4), (2, 3, 5, 6), 3),
        (nn.Linear(6, 4), (2, 3, 6), 2),
    ],
    ids=repr,
)
def test_the_axis_of_the_units_is_found_without_a_bias_too(layer, shape, axis):
    y = tg.relu(layer(tg.randn(*shape)))
    node = next(n for n in viz.graph(y.sum(), layer).nodes if n.op == "relu")
    assert node.details["units"] == 4 == y.shape[axis]


def test_many_dead_relus_are_one_finding():
    layers = [with_bias(nn.Linear(6, 6), -100, -100, -100, -100, -100, 100) for _ in range(5)]
    model = nn.Sequential(*[part for layer in layers for part in (layer, nn.ReLU())])
    with viz.trace(model) as t:
        y = model(tg.ones(64, 6)).sum()
    (finding,) = t.graph.findings
    assert finding.why.startswith("5 of 6 units of relu [64, 6] in 1, 5 of 6 units of relu [64, 6] in 3, ")
    assert [t.graph.nodes[i].module for i in (finding.node, *finding.also)] == ["1", "3", "5", "7", "9"]
    del y


def test_a_hinge_loss_of_zero_is_not_a_dead_relu():
    model = nn.Linear(3, 4)
    assert found((1 - (model(tg.randn(64, 3)) * 0 + 100)).clamp(min=0).mean(), model=model) == []


class Cut(nn.Module):
    """Two layers, and between them a function that may cut the graph."""

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
    "linear under no_grad() or inference_mode() in encoder at": under_no_grad,
    "cast to int64 in  at": lambda encoder, x: encoder(x).long().float(),
    "argsort to int64 in  at": lambda encoder, x: encoder(x).argsort(-1).float(),
    "greater to bool in  at": lambda encoder, x: (encoder(x) > 0).float(),
}


@pytest.mark.parametrize(("said", "cut"), CUTS.items())
def test_a_trace_shows_where_the_path_was_cut_and_what_lies_behind(said, cut):
    model = Cut(cut)
    model.spare = nn.Linear(2, 2)
    with viz.trace(model) as t:
        loss = model(tg.ones(2, 3)).sum()
    found, unused = t.graph.findings
    node = t.graph.nodes[found.node]
    assert (found.what, node.shape, node.op) == ("path cut", (2, 4), "")
    assert "reach encoder.weight, encoder.bias: " in found.why
    assert f"cut off by {said.replace(' in  at', ' at')} {source_line(__file__, 0)[:-1]}" in found.why
    assert (unused.what, unused.node) == ("unused parameters", None)
    assert "spare.weight, spare.bias" in unused.why
    del loss


LEFT = {
    "linear [2, 4], argmax to int64 at": lambda encoder, x: nn.functional.one_hot(encoder(x).argmax(-1), 4).float(),
    "sum, item() at": lambda encoder, x: tg.ones(2, 4) * encoder(x).sum().item(),
    "linear [2, 4], detach() at": lambda encoder, x: tg.tensor(encoder(x).detach().numpy() * 2),
    "linear [2, 4], tolist() at": lambda encoder, x: tg.tensor(encoder(x).tolist()),
    "linear [2, 4], linear under no_grad()": lambda encoder, x: tg.tensor(np.sqrt(under_no_grad(encoder, x).numpy())),
}


@pytest.mark.parametrize(("said", "cut"), LEFT.items())
def test_a_trace_shows_where_values_left_the_graph(said, cut):
    if "under" in said:
        said = "parameter [4, 3], linear under no_grad()"
    model = Cut(cut)
    with viz.trace(model):
        loss = model(tg.ones(2, 3)).sum()
    (found,) = viz.graph(loss, model).findings
    assert found.what == "path cut"
    assert "does not depend on encoder.weight, encoder.bias; what was computed with them lost its graph: " in found.why
    assert said in found.why
    assert source_line(__file__, 0)[:-1] in found.why


ADVICE = {
    "detach() at; Remove the detach() there, unless": lambda out: out.detach().mean(),
    "linear [2, 4], detach() at; Remove the detach() there, and compute with Tensors, not with NumPy,": lambda out: tg.tensor(
        out.detach().numpy()
    ).mean(),
    "linear [2, 4], tolist() at; Use Tensors from there to the result instead of Python numbers.": lambda out: tg.tensor(
        out.tolist()
    ).mean(),
    "greater to bool at; A comparison has no gradient: use a smooth function": lambda out: ((out > 0) * 1.0).sum(),
    "argmax to int64 at; Integers have no gradient: use floats there, such as softmax": lambda out: (
        out.argmax(1).float().mean()
    ),
}


@pytest.mark.parametrize(("said", "loss_of"), ADVICE.items())
@pytest.mark.parametrize("with_model", [True, False])
def test_a_trace_names_the_cut_of_a_result_without_history_and_the_advice_fits_it(said, loss_of, with_model):
    model = nn.Linear(3, 4)
    with viz.trace(model if with_model else None):
        loss = loss_of(model(tg.ones(2, 3)))
    (found,) = viz.graph(loss, model if with_model else None).findings
    cut, advice = said.split("; ")
    assert (found.what, found.node) == ("path cut", 0)
    assert f"{cut} {source_line(__file__, 0)[:-1]}" in found.why
    assert advice in str(found)
    assert "weight, bias" in found.why if with_model else "parameter [4, 3], parameter [4]" in found.why


def test_for_a_result_that_no_op_led_to_the_last_trace_of_the_model_is_a_hint():
    model = nn.Linear(3, 4)
    with viz.trace(model):
        loss = tg.tensor((model(tg.ones(2, 3)).detach().numpy() ** 2).mean())
    (found,) = viz.graph(loss, model).findings
    assert (found.what, found.node) == ("path cut?", 0)
    assert f"the path was cut here: linear [2, 4], detach() at {source_line(__file__, 0)[:-1]}" in found.why
    assert found.do.startswith("remove the detach() there")
    assert "linear [2, 4]" not in str(viz.graph(loss, nn.Linear(3, 4)).findings)  # another model
    with viz.trace(model):
        model(tg.ones(2, 3)).sum()
    (found,) = viz.graph(loss, model).findings  # nothing was cut in the last trace
    assert "the result itself has no history" in found.why


def test_the_advice_about_a_path_that_may_be_cut_fits_what_is_known():
    model = nn.Linear(3, 4)
    out = model(tg.ones(2, 3))
    copied = tg.tensor(out.detach().numpy())
    (found,) = viz.graph(copied.mean(), model).findings
    assert found.do.startswith("look for detach(), no_grad(), NumPy or integers")
    head = nn.Linear(4, 1)
    (found,) = viz.graph(head(copied).mean(), nn.Sequential(model, head), names={"out": out}).findings
    assert found.do == "use that Tensor itself: a copy of its numbers, for example through NumPy, has no history"
    (found,) = viz.graph(model(tg.ones(2, 3)).detach(), model).findings  # the tensor that was detached is gone
    assert (found.what, found.do) == ("path cut?", "remove the detach() there, unless these should not be trained")


def test_a_result_without_history_has_a_finding_without_a_model():
    w = tg.tensor([1.0, 2.0], requires_grad=True)
    with tg.no_grad():
        unrecorded = (w * 2).sum()
    for result, reason, remedy in (
        ((w * 2).detach(), "comes from detach()", "from before the detach()"),
        (w.argmax(), "integers, which have no gradient", "softmax instead of argmax"),
        (w > 1, "True and False, which have no gradient", "such as sigmoid"),
        (((w > 1) * 1.0).sum(), "no_grad(), NumPy, integers or comparisons", "inside viz.trace()"),
        (unrecorded, "no_grad(), NumPy, integers or comparisons", "inside viz.trace()"),
    ):
        (found,) = viz.graph(result).findings
        assert (found.what, found.node) == ("no history", 0)
        assert reason in found.why
        assert remedy in found.do
    with viz.trace(), tg.no_grad():
        traced = w * 2
    (found,) = viz.graph(traced, nn.Linear(2, 1).requires_grad_(False)).findings  # w is not a parameter of the model
    assert "under no_grad() or inference_mode()" in found.why
    assert found.do == "compute it outside no_grad() and inference_mode()"
    assert viz.graph(w).findings == viz.graph((w * 2).sum()).findings == ()
    assert [f.node for f in viz.graph([w, unrecorded]).findings] == [1]


def test_a_number_that_is_only_printed_does_not_count_as_a_cut():
    model = Cut(lambda encoder, x: encoder(x))
    with viz.trace(model):
        loss = model(tg.ones(2, 3)).sum()
        loss.item()
    assert viz.graph(loss, model).findings == ()


def test_the_detached_samples_of_a_gan_are_reported_not_the_real_ones():
    gan = nn.ModuleDict({"G": nn.Linear(2, 3), "D": nn.Linear(3, 1)})
    real, fake = tg.randn(8, 3), gan["G"](tg.randn(8, 2))
    loss = gan["D"](real).mean() - gan["D"](fake.detach()).mean()
    g = viz.graph(loss, gan, names={"real": real, "fake": fake})
    (found,) = g.findings
    assert str(found).startswith(
        "path cut at fake.detach(): no gradient can reach G.weight, G.bias: fake.detach() [8, 3] was cut"
    )
    assert g.nodes[found.node].name == "fake.detach()"


def test_without_a_model_a_detached_tensor_is_reported_if_what_it_was_detached_from_still_exists():
    g, d = nn.Linear(2, 3), nn.Linear(3, 1)
    real, fake = tg.randn(8, 3), g(tg.randn(8, 2))
    loss = d(real).mean() - d(fake.detach()).mean()
    (found,) = viz.graph(loss, names={"fake": fake, "w": g.weight}).findings
    assert str(found).startswith("path cut at fake.detach(): no gradient can reach ")
    assert "w" in found.why.split(": ")[0]
    assert "parameter [3]" in found.why.split(": ")[0]  # the bias has no name
    assert "was cut off by detach()" in found.why
    (found,) = viz.graph(loss).findings
    assert viz.graph(loss).nodes[found.node].shape == (8, 3)
    x = tg.tensor([1.0, 2.0], requires_grad=True)
    gone = viz.graph((x * 2).detach() + x)  # what it depended on is not known, but how it was made is
    assert gone.findings == ()
    assert [node.name for node in gone.nodes[:2]] == ["detach()", ""]


def test_without_a_model_a_detached_tensor_whose_parameters_are_reached_otherwise_is_not_reported():
    model = nn.Linear(2, 2)
    out = model(tg.ones(3, 2))
    hard = (out > 0).float()
    assert viz.graph((out + (hard - out).detach()).sum()).findings == ()  # as in straight-through estimators
    data = tg.ones(3, 2).detach()
    assert viz.graph(model(data).sum()).findings == ()
    h = tg.zeros(1, 2)
    losses = []
    for _ in range(3):  # truncated backpropagation through time
        h = model(h.detach())
        losses.append(h.sum())
    assert viz.graph(losses).findings == ()


def test_a_trace_without_a_model_shows_where_a_path_in_the_graph_was_cut():
    encoder, head = nn.Linear(3, 4), nn.Linear(4, 1)
    with viz.trace() as t:
        loss = head(encoder(tg.ones(2, 3)).detach()).sum()
    (found,) = t.graph.findings
    assert "no gradient can reach parameter [4, 3], parameter [4]: " in found.why
    assert f"cut off by detach() at {source_line(__file__, 0)[:-1]}" in found.why
    del loss


def test_a_result_without_history_has_no_finding_about_unused_parameters():
    model = nn.Linear(2, 1)
    with tg.no_grad():
        loss = model(tg.ones(1, 2)).sum()
    ((found),) = viz.graph(loss, model).findings
    assert (found.what, found.node) == ("path cut?", 0)
    assert "the result itself has no history" in found.why
    (found,) = viz.graph(model(tg.ones(1, 2)).sum().detach(), model).findings
    assert "it comes from detach()" in found.why
    with viz.trace(model), tg.no_grad():
        loss = model(tg.ones(1, 2)).sum()
    (found,) = viz.graph(loss, model).findings
    assert "no gradient can reach weight, bias: input was cut off by linear under no_grad() or inference_mode()" in found.why


def test_a_detached_tensor_can_be_copied_and_pickled_and_does_not_keep_its_graph():
    import copy
    import gc
    import pickle
    import weakref

    x = tg.ones(2, requires_grad=True)
    y = x * 2
    gone, cut = weakref.ref(y), y.detach()
    del y
    gc.collect()
    assert gone() is None
    assert pickle.loads(pickle.dumps(cut)).tolist() == copy.deepcopy(cut).tolist() == [2, 2]


def test_a_finding_names_its_node_or_a_number_that_every_picture_shows():
    x = tg.tensor([1.0, -1.0], requires_grad=True)
    with np.errstate(all="ignore"):
        y = tg.log(x * 2).sum()
    g = viz.graph(y)
    assert str(g.findings[0]).startswith("NaN appears at #3: ")
    for suffix in (".txt", ".svg", ".dot", ".mmd"):
        assert "#3" in g._written(suffix).replace("&#35;", "#").replace("#35;", "#").split("NaN appears")[0], suffix
    folded = g.with_options(max_nodes=2)
    assert "#3" in str(folded).split("▲")[0] or "left out" in str(folded)
    named = viz.graph(y, names={"x": x, "y": y})
    assert " #3" in str(named)
    with np.errstate(all="ignore"):
        z = tg.log(x)
    assert str(viz.graph(z.sum(), names={"z": z}).findings[0]).startswith("NaN appears at z: ")


@pytest.mark.parametrize("cut", [*CUTS.values(), lambda encoder, x: tg.tensor(encoder(x).detach().numpy())])
def test_without_a_trace_the_input_without_history_is_reported_as_a_possibility(cut):
    model = Cut(cut)
    ((what, node),) = found(model(tg.ones(2, 3)).sum(), model=model)
    assert (what, node.shape, node.kind) == ("path cut?", (2, 4), "input")


def test_a_detached_value_that_cuts_nothing_off_is_not_reported():
    model = Cut(lambda encoder, x: encoder(x))
    model.spare = nn.Linear(1, 1)
    x = tg.ones(2, 3)[:1]  # shares memory
    assert found(model(x).sum(), model=model) == [("unused parameters", None)]
    online, target = nn.Linear(3, 1), nn.Linear(3, 1)
    with viz.trace(online):
        loss = ((online(tg.ones(2, 3)) - target(tg.ones(2, 3)).detach()) ** 2).mean()
    assert found(loss, model=online) == []


def test_broadcasting_a_column_against_a_row_is_reported():
    prediction, target = tg.ones(5, 1).requires_grad_(), tg.ones(5)
    ((what, node),) = found(((prediction - target) ** 2).mean())
    assert (what, node.op, node.shape) == ("broadcast", "subtract", (5, 5))


@pytest.mark.parametrize("column", [lambda x: x[:, None], lambda x: x.unsqueeze(1), lambda x: x.reshape(-1, 1)])
def test_a_table_of_all_pairs_has_no_finding(column):
    x = tg.arange(5.0).requires_grad_()
    assert found(((column(x) - x) ** 2).mean()) == []


def test_broadcasting_a_bias_has_no_finding():
    assert found((tg.ones(5, 3).requires_grad_() + tg.ones(3)).sum()) == []


def test_float64_data_with_float32_parameters_is_reported():
    x = tg.tensor(np.ones((2, 3)))
    w = tg.ones(3, 1).requires_grad_()
    ((what, node),) = found((x @ w).sum(), names={"x": x})
    assert (what, node.name) == ("float64", "x")


def test_a_vanishing_gradient_is_reported_where_it_falls_below_the_limit():
    x = tg.tensor(0.5, requires_grad=True)
    y = x
    for _ in range(20):
        y = (y * 4).sigmoid() * 0.3
    y.backward()
    ((what, node),) = found(y)
    assert what == "vanishing gradient"
    assert node.op


def test_an_exploding_gradient_is_reported():
    x = tg.tensor(1e-9, requires_grad=True)
    y = x
    for _ in range(20):
        y = y * 3
    y.backward()
    ((what, _),) = found(y)
    assert what == "exploding gradient"


def stack(activation, depth, start, rows=64):
    """The graph of the loss of a network of width 16, with weights initialized by `start`, after backward()."""
    tg.manual_seed(0)
    model = nn.Sequential(*[part for _ in range(depth) for part in (nn.Linear(16, 16), activation())], nn.Linear(16, 1))
    for p in model.parameters():
        if p.ndim == 2:
            start(p)
    x, y = tg.randn(rows, 16), tg.randn(rows, 1)
    loss = ((model(x) - y) ** 2).mean()
    loss.backward()
    return viz.graph(loss, model)


def size_findings(g):
    return [(f.what, g.nodes[f.node].op) for f in g.findings if "gradient" in f.what]


def test_a_deep_network_with_he_initialization_has_healthy_gradients():
    assert size_findings(stack(nn.ReLU, 30, nn.init.kaiming_normal_)) == []


def test_a_stack_of_sigmoids_has_vanishing_gradients():
    assert size_findings(stack(nn.Sigmoid, 12, nn.init.xavier_normal_)) == [("vanishing gradient", "linear")]


def test_large_weights_make_gradients_explode():
    g = stack(nn.ReLU, 12, lambda w: nn.init.normal_(w, std=2.0))
    assert size_findings(g) == [("exploding gradient", "relu")]


@pytest.mark.parametrize("rows", [2, 50_000])
def test_the_size_of_the_batch_and_a_small_loss_do_not_make_a_gradient_vanish(rows):
    model = nn.Sequential(nn.Linear(4, 4), nn.Tanh(), nn.Linear(4, 1))
    x = tg.randn(rows, 4)
    loss = ((model(x) - (model(x).detach() + 1e-6)) ** 2).mean()  # as at the end of training
    loss.backward()
    assert found(loss, model=model) == []


@pytest.mark.parametrize("data", [True, False])
def test_a_branch_that_starts_at_zero_is_not_a_vanishing_gradient(data):
    w, x = tg.tensor(2.0, requires_grad=True), tg.randn(8, 4)
    h = x if data else x * w
    for _ in range(8):
        h = h + tg.tanh(h * w + 1) * 1e-7  # as LayerScale and ReZero do
    loss = (h**2).mean()
    loss.backward()
    assert found(loss) == []


def two_backwards(step, zero):
    """The findings after two backward() calls, with or without a step in between, and with or without cleared gradients."""
    w = tg.tensor([1.0, 2.0], requires_grad=True)
    optimizer = tg.optim.Adam([w], lr=0.1)
    (w**3).sum().backward()
    if step:
        optimizer.step()
    zero(optimizer, w)
    loss = (w**3).sum()
    loss.backward()
    return found(loss, names={"w": w})


ZEROS = {
    "set to None": lambda optimizer, w: optimizer.zero_grad(),
    "filled with zeros": lambda optimizer, w: optimizer.zero_grad(set_to_none=False),
    "zeroed by hand": lambda optimizer, w: w.grad.zero_(),
}


def test_a_gradient_that_accumulates_over_a_step_is_reported():
    ((what, node),) = two_backwards(True, lambda optimizer, w: None)
    assert (what, node.name) == ("accumulated gradient", "w")


@pytest.mark.parametrize("zero", ZEROS.values(), ids=ZEROS)
@pytest.mark.parametrize("step", [True, False])
def test_a_cleared_gradient_has_no_finding(zero, step):
    assert two_backwards(step, zero) == []


def test_accumulation_between_two_steps_has_no_finding():
    assert two_backwards(False, lambda optimizer, w: None) == []


def test_a_scaled_or_clipped_gradient_has_no_finding():
    w = tg.tensor([3.0, 4.0], requires_grad=True)
    loss = (w * w).sum()
    (loss * 3).backward()
    nn.utils.clip_grad_norm_([w], 1.0)
    assert found(loss) == []


# --- masks ---


def masks(n):
    upper = tg.triu(tg.ones(n, n), 1)
    additive = tg.full((n, n), -np.inf).triu(1)
    return {
        "masked_fill": lambda s: s.masked_fill(upper == 1, -np.inf),
        "where": lambda s: tg.where(upper == 1, -np.inf, s),
        "added": lambda s: s + additive,
        "an array is added": lambda s: s + additive.numpy(),
    }


@pytest.mark.parametrize("mask", masks(5))
def test_the_infinities_of_a_mask_are_intended(mask):
    s = tg.randn(5, 5, requires_grad=True)
    scores = masks(5)[mask](s)
    for y in (scores.softmax(-1).sum(), scores.log_softmax(-1).exp().sum(), scores.logsumexp(-1).mean()):
        y.backward()
        assert found(y) == []


def test_attention_with_a_mask_has_no_finding():
    q = tg.randn(1, 4, 8, requires_grad=True)
    y = nn.functional.scaled_dot_product_attention(q, q, q, is_causal=True).sum()
    y.backward()
    assert found(y) == []


def test_nan_behind_a_mask_is_attributed_to_the_op_that_computes_it():
    s = tg.randn(3, 3, requires_grad=True)
    h = s.masked_fill(tg.tensor([[True], [False], [False]]), -np.inf)
    with np.errstate(all="ignore"):
        y = (h - h.max(-1, keepdim=True).values).exp().sum()
    ((what, node),) = found(y)
    assert (what, node.op) == ("NaN appears", "subtract")


def test_nan_in_a_gradient_behind_a_mask_is_attributed_to_the_rule_that_computed_it():
    s = tg.randn(3, 3, requires_grad=True)
    h = s.masked_fill(tg.tensor([[True], [False], [False]]), -np.inf)
    with np.errstate(all="ignore"):
        y = (1 / (1 + tg.exp(-h))).sum()  # a hand-written sigmoid: 0 at -inf, with the slope 0 · Inf
        y.backward()
    ((what, node),) = found(y)
    assert (what, node.op) == ("NaN in the gradient", "exp")


def test_the_infinity_of_a_mask_is_reported_where_it_reaches_the_loss():
    scores = tg.randn(2, 3, requires_grad=True) + tg.tensor([0.0, 0.0, -np.inf])
    ((what, node),) = found(nn.functional.cross_entropy(scores, tg.tensor([0, 2])))
    assert (what, node.op) == ("Inf appears", "cross_entropy")
    y = nn.functional.cross_entropy(scores, tg.tensor([0, 2]), reduction="none").mean()
    g = viz.graph(y)
    (finding,) = g.findings
    assert "an input contains the infinities of a mask" in finding.why


def test_an_infinite_result_is_attributed_to_the_data_that_made_it_infinite():
    x, w = tg.tensor([1.0, -np.inf]), tg.ones(2, requires_grad=True)
    ((what, node),) = found((x * w).sum(), names={"x": x})
    assert (what, node.op) == ("Inf appears", "sum")


def test_many_broadcasts_of_one_kind_are_one_finding():
    p, t = tg.ones(5, 1).requires_grad_(), tg.ones(5)
    g = viz.graph(((p - t) ** 2).mean() + ((p * 2 - t) ** 2).mean())
    (finding,) = g.findings
    assert [g.nodes[i].op for i in (finding.node, *finding.also)] == ["subtract", "subtract"]
    assert f"the same at #{finding.also[0]}" in finding.why


def test_an_overwritten_value_is_reported():
    w = tg.tensor([1.0, 2.0], requires_grad=True)
    h = w * w
    loss = h.square().sum()
    h.detach().zero_()
    ((what, node),) = found(loss, gradients=True)
    assert (what, node.op) == ("overwritten value", "square")


def test_parameters_changed_by_a_step_are_not_a_finding_but_the_gradients_are_unknown():
    model = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1))
    optimizer = tg.optim.SGD(model.parameters(), lr=0.1)
    loss = model(tg.ones(4, 2)).mean()
    loss.backward()
    optimizer.step()
    g = viz.graph(loss, model)
    assert g.findings == ()
    assert "for example by an optimizer" in next(n.note for n in g.nodes if n.op == "tanh")


def test_a_relu_is_dead_if_it_outputs_sixty_zeros_but_not_three():
    x = tg.tensor([[-1.0, -1.0, -1.0]], requires_grad=True)
    assert found(tg.relu(x).sum()) == []
    assert [what for what, _ in found(tg.relu(tg.tile(x, (1, 20))).sum())] == ["dead ReLU"]


def test_findings_are_in_the_text_and_the_picture():
    x = tg.tensor([1.0, -1.0], requires_grad=True)
    with np.errstate(all="ignore"):
        g = viz.graph(tg.log(x).sum())
    (finding,) = g.findings
    assert f"▲ {finding}" in str(g)
    svg = g._repr_mimebundle_()["image/svg+xml"]
    assert "▲ NaN appears at #1" in svg
    assert ">NaN appears<" in svg


def test_units_that_are_off_by_chance_for_few_samples_are_not_reported_as_dead():
    x = tg.tensor(np.array([[-1.0, -1.0, -1.0, 1.0]] * 3, np.float32), requires_grad=True)
    assert found(tg.relu(x).sum()) == []  # most of the units are 0 for three samples
    many = tg.tensor(np.tile(x.detach().numpy(), (20, 1)), requires_grad=True)
    assert [what for what, _ in found(tg.relu(many).sum())] == ["dead ReLU"]
    assert found(tg.relu(tg.tensor([[1.0, -1.0, -1.0, 1.0]] * 60, requires_grad=True)).sum()) == []  # half of four


def test_a_frozen_layer_or_one_that_the_last_step_left_alone_is_not_called_dead():
    dead, rest = nn.Linear(2, 8), nn.Linear(8, 2)
    nn.init.constant_(dead.bias, -100)
    x = tg.tensor(np.random.default_rng(0).normal(size=(40, 2)).astype(np.float32))

    def loss_after(*steps):
        loss = rest(dead(x).relu()).pow(2).mean()
        loss.backward()
        for layer in steps:
            optim.SGD(layer.parameters(), lr=0.1).step()
        return loss

    assert [what for what, _ in found(loss_after(dead, rest))] == ["dead ReLU"]
    assert found(loss_after(rest)) == []
    dead.requires_grad_(False)
    assert found(loss_after()) == []


def test_a_saturated_tanh_is_reported_between_two_layers_and_not_at_the_output():
    x = tg.tensor(np.random.default_rng(0).normal(size=(40, 2)).astype(np.float32))
    model = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1), nn.Sigmoid())
    assert found(model(x).sum()) == []
    nn.init.normal_(model[0].weight, std=1000)
    (finding,) = viz.graph(model(x).sum()).findings
    assert finding.what == "saturated"
    assert "tanh [40, 8]" in finding.why
    nn.init.normal_(model[2].weight, std=1000)  # the output may be certain
    assert len(viz.graph(model(x).sum()).findings) == 1


def test_a_parameter_that_is_read_transposed_may_be_stepped():
    W = nn.Parameter(tg.ones(3, 2))
    loss = (tg.nn.functional.linear(tg.ones(4, 2), W).tanh() @ W.T.T).sum()
    loss.backward()
    optim.SGD([W], lr=0.1).step()
    assert found(loss) == []


def test_a_generator_cut_off_by_numpy_or_item_is_blamed_and_not_the_real_data():
    model = nn.ModuleDict({"G": nn.Linear(2, 2), "D": nn.Linear(2, 1)})
    real, fake = tg.randn(4, 2), model["G"](tg.randn(4, 2))

    def finding(given):
        loss = model["D"](real).mean() - model["D"](given).mean()
        (found,) = viz.graph(loss, model, names={"real": real, "fake": fake}).findings
        assert str(found).startswith("path cut? at ")
        assert "G.weight, G.bias" in str(found)
        return str(found)

    assert "it has the values of fake, but not its history" in finding(tg.tensor(fake.detach().numpy()))
    assert "real" not in finding(tg.tensor([[v.item() + 1 for v in row] for row in fake]))


def test_every_number_that_a_finding_names_is_on_the_folded_box():
    tg.manual_seed(0)
    x = tg.randn(64, 8)
    for k in range(40):
        w = tg.tensor((np.eye(8) * 1.5).astype(np.float32), requires_grad=True)
        b = tg.tensor(np.full(8, -1e20 if k == 20 else 0.0, np.float32), requires_grad=True)
        x = x + (x @ w + b).relu()
    loss = x.mean()
    loss.backward()
    graph = viz.graph(loss, max_nodes=20)
    (box,) = [box for box in view(graph).boxes if box.times]
    named = re.findall(r"at (#\d+)", "\n".join(map(str, graph.findings)))
    assert len(named) == 2
    assert box.number == f"{', '.join(named)} inside"
