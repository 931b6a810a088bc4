"""Typical networks: healthy ones have no findings, and broken ones have their fault reported at its node."""

import copy

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn, viz
from tinygrad_edu.nn import functional as F

HEALTHY, BROKEN = {}, {}


def healthy(build):
    HEALTHY[build.__name__] = build
    return build


def broken(what, at):
    """The graph that the decorated function makes must have this one finding, at the node with this op or name."""

    def keep(build):
        BROKEN[build.__name__] = (build, what, at)
        return build

    return keep


def done(loss, model=None):
    loss.backward()
    return viz.graph(loss, model)


def labels(n, classes):
    return tg.tensor(np.arange(n) % classes)


@pytest.fixture(autouse=True)
def _seed():
    tg.manual_seed(1)


# --- healthy: layers ---


@healthy
def classifier():
    model = nn.MLP([4, 16, 3])
    return done(F.cross_entropy(model(tg.randn(32, 4)), labels(32, 3)), model)


@healthy
def convolutions():
    conv = [
        nn.Conv2d(1, 8, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(8, 16, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
    ]
    model = nn.Sequential(*conv, nn.Flatten(), nn.Linear(64, 10))
    return done(F.cross_entropy(model(tg.randn(16, 1, 8, 8)), labels(16, 10)), model)


@healthy
def batch_norm_in_evaluation():
    model = nn.Sequential(nn.Conv2d(1, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.Flatten(), nn.Linear(288, 2))
    model(tg.randn(16, 1, 8, 8))
    model.eval()
    return done(model(tg.randn(4, 1, 8, 8)).square().mean(), model)


@healthy
def a_large_image_pooled_to_one_number():
    model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 2))
    return done(F.cross_entropy(model(tg.randn(2, 1, 64, 64)), labels(2, 2)), model)


def recurrent(kind):
    model = nn.ModuleDict({"cell": kind(3, 16), "head": nn.Linear(16, 1)})
    y, _ = model["cell"](tg.randn(10, 4, 3))
    return done(model["head"](y[-1]).square().mean(), model)


for kind in (nn.RNN, nn.LSTM, nn.GRU):
    HEALTHY[kind.__name__] = lambda kind=kind: recurrent(kind)


def attention(**mask):
    model, x = nn.MultiheadAttention(8, 2, batch_first=True), tg.randn(2, 5, 8)
    y, _ = model(x, x, x, **mask)
    return done(y.square().mean(), model)


UPPER = tg.triu(tg.ones(5, 5), 1)
HEALTHY["attention with a boolean mask"] = lambda: attention(attn_mask=UPPER == 1)
HEALTHY["attention with a mask of -inf"] = lambda: attention(attn_mask=tg.full((5, 5), -np.inf).triu(1))
HEALTHY["attention with padding"] = lambda: attention(key_padding_mask=tg.tensor([[False] * 5, [False] * 2 + [True] * 3]))


@healthy
def language_model():
    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.token, self.place, self.head = nn.Embedding(11, 8), nn.Embedding(6, 8), nn.Linear(8, 11)
            self.block = nn.TransformerEncoderLayer(8, 2, 16, dropout=0.0, batch_first=True)

        def forward(self, i):
            x = self.token(i) + self.place(tg.arange(6))
            return self.head(self.block(x, src_mask=tg.full((6, 6), -np.inf).triu(1)))

    model, i = Model(), labels(12, 11).reshape(2, 6)
    return done(F.cross_entropy(model(i).reshape(12, 11), i.reshape(12)), model)


@healthy
def residual_blocks():
    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.norm, self.up, self.down = nn.LayerNorm(16), nn.Linear(16, 16), nn.Linear(16, 16)

        def forward(self, x):
            return x + self.down(F.relu(self.up(self.norm(x))))

    model = nn.Sequential(*[Block() for _ in range(12)], nn.Linear(16, 1))
    return done(model(tg.randn(32, 16)).square().mean(), model)


@healthy
def branches_that_start_at_zero():
    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer, self.gate = nn.Linear(16, 16), nn.Parameter(tg.zeros(1))

        def forward(self, x):
            return x + self.gate * tg.tanh(self.layer(x))

    model = nn.Sequential(nn.Linear(16, 16), *[Block() for _ in range(8)], nn.Linear(16, 1))
    return done(model(tg.randn(32, 16)).square().mean(), model)


@healthy
def adapters():
    class Adapted(nn.Module):
        def __init__(self):
            super().__init__()
            self.base = nn.Linear(4, 4).requires_grad_(False)
            self.a, self.b = nn.Parameter(tg.randn(4, 2)), nn.Parameter(tg.zeros(2, 4))

        def forward(self, x):
            return self.base(x) + x @ self.a @ self.b

    model = Adapted()
    return done(model(tg.randn(4, 4)).square().mean(), model)


# --- healthy: losses and data ---


@healthy
def binary_cross_entropy():
    model = nn.MLP([4, 8, 1])
    return done(F.binary_cross_entropy(tg.sigmoid(model(tg.randn(32, 4))), tg.ones(32, 1)), model)


@healthy
def logarithm_of_what_was_clamped():
    model = nn.MLP([4, 8, 1])
    return done(-tg.log(tg.sigmoid(model(tg.randn(8, 4))).clamp(1e-7, 1)).mean(), model)


@healthy
def contrastive_with_a_masked_diagonal():
    x = tg.randn(6, 4, requires_grad=True)
    return done(F.cross_entropy((x @ x.T).masked_fill(tg.eye(6) == 1, -np.inf), tg.tensor([1, 0, 3, 2, 5, 4])))


@healthy
def everything_in_float64():
    model = nn.MLP([4, 8, 1]).to(tg.float64)
    return done(model(tg.tensor(np.random.default_rng(0).normal(size=(8, 4)))).square().mean(), model)


@healthy
def tied_weights():
    model, i = nn.Embedding(7, 4), tg.tensor([1, 2, 3])
    return done(F.cross_entropy(model(i) @ model.weight.T, i), model)


@healthy
def trained_to_the_end():
    model, x = nn.MLP([2, 16, 1]), tg.randn(64, 2)
    optimizer = tg.optim.Adam(model.parameters(), lr=0.02)
    for k in range(200):
        optimizer.zero_grad()
        loss = (model(x) - x[:, :1]).square().mean()
        loss.backward()
        if k < 199:
            optimizer.step()
    return viz.graph(loss, model)


# --- healthy: what is done with gradients ---


@healthy
def accumulation_in_four_parts():
    model = nn.MLP([4, 8, 1])
    optimizer = tg.optim.AdamW(model.parameters(), lr=0.01)
    for k in range(8):
        loss = model(tg.randn(8, 4)).square().mean() / 4
        loss.backward()
        if k == 3:
            optimizer.step()
            optimizer.zero_grad()
    return viz.graph(loss, model)


@healthy
def two_losses_one_after_the_other():
    model = nn.MLP([4, 8, 1])
    optimizer = tg.optim.SGD(model.parameters(), lr=0.01)
    for k in range(3):
        optimizer.zero_grad()
        model(tg.randn(8, 4)).square().mean().backward()
        loss = model(tg.randn(8, 4)).abs().mean()
        loss.backward()
        if k < 2:
            optimizer.step()
    return viz.graph(loss, model)


@healthy
def backward_twice():
    model = nn.MLP([4, 8, 1])
    loss = model(tg.randn(8, 4)).square().mean()
    loss.backward(retain_graph=True)
    return done(loss, model)


@healthy
def create_graph():
    model = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1))
    loss = model(tg.randn(8, 4)).square().mean()
    loss.backward(create_graph=True)
    return viz.graph(loss, model)


@healthy
def gradient_penalty():
    model, x = (
        nn.Sequential(nn.Linear(4, 8, bias=False), nn.Tanh(), nn.Linear(8, 1, bias=False)),
        tg.randn(8, 4, requires_grad=True),
    )
    (g,) = tg.autograd.grad(model(x).sum(), x, create_graph=True)
    return done((g.norm(dim=1) - 1).square().mean(), model)


@healthy
def functional_call():
    model = nn.MLP([4, 8, 1])
    weights = {name: p.detach().clone().requires_grad_() for name, p in model.named_parameters()}
    return done(nn.functional_call(model, weights, (tg.randn(8, 4),)).square().mean())


@healthy
def frozen_layers():
    model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
    model[0].requires_grad_(False)
    with viz.trace(model):
        with tg.no_grad():
            h = model[1](model[0](tg.randn(8, 4)))
        loss = model[2](h).square().mean()
    return done(loss, model)


@healthy
def target_network():
    online = nn.MLP([4, 8, 2])
    target, x = copy.deepcopy(online), tg.randn(8, 4)
    with viz.trace(online):
        with tg.no_grad():
            y = target(x).max(1).values * 0.9
        loss = F.mse_loss(online(x)[np.arange(8), np.zeros(8, int)], y)
    return done(loss, online)


@healthy
def straight_through():
    model = nn.MLP([4, 8, 1])
    with viz.trace(model):
        h = model(tg.randn(8, 4))
        loss = (h + (h.round() - h).detach()).square().mean()
    return done(loss, model)


@healthy
def truncated_backpropagation_through_time():
    model, h = nn.RNNCell(3, 4), tg.zeros(2, 4)
    with viz.trace(model):
        for _ in range(3):
            h = h.detach()
            for _ in range(4):
                h = model(tg.randn(2, 3), h)
        loss = h.square().mean()
    return done(loss, model)


# --- broken ---


@broken("NaN appears", "softmax")
def a_row_that_is_masked_everywhere():
    scores = tg.randn(3, 3, requires_grad=True)
    return viz.graph((scores + tg.tensor([[-np.inf] * 3, [0.0] * 3, [0.0] * 3])).softmax(-1).sum())


@broken("NaN appears", "divide")
def zero_divided_by_zero():
    return viz.graph((tg.zeros(2, requires_grad=True) / tg.tensor([1.0, 0.0])).sum())


@broken("Inf appears", "exp")
def an_overflow():
    model = nn.Linear(4, 3)
    return viz.graph(tg.exp(model(tg.randn(8, 4)) * 1000).mean(), model)


@broken("NaN in the data", "0.weight")
def a_weight_that_is_nan():
    model = nn.MLP([4, 8, 1])
    with tg.no_grad():
        model[0].weight[0, 0] = float("nan")
    return viz.graph(model(tg.randn(8, 4)).square().mean(), model)


@broken("NaN in the gradient", "sqrt")
def a_root_behind_where():
    x = tg.zeros(3, requires_grad=True)
    return done((tg.where(x > 0, tg.sqrt(x), 0 * x) * 1).sum())


@broken("float64", "input")
def a_float64_target():
    model = nn.MLP([4, 8, 1])
    return viz.graph(((model(tg.randn(8, 4)) - tg.tensor(np.zeros((8, 1)))) ** 2).mean(), model)


@broken("path cut", "input")
def the_largest_index_as_an_input():
    model = nn.Sequential(nn.Linear(4, 8), nn.Linear(1, 1))
    with viz.trace(model):
        loss = model[1](model[0](tg.randn(4, 4)).argmax(1).float().unsqueeze(1)).mean()
    return done(loss, model)


@broken("vanishing gradient", "tanh")
def a_recurrent_net_with_small_weights():
    w, u, h = (tg.randn(8, 8) * 0.05).requires_grad_(), tg.randn(3, 8, requires_grad=True), tg.zeros(2, 8)
    for _ in range(30):
        h = tg.tanh(h @ w + tg.randn(2, 3) @ u)
    return done(h.square().mean())


@broken("exploding gradient", "add")
def a_recurrent_net_with_large_weights():
    w, u, h = (tg.randn(8, 8) * 3).requires_grad_(), tg.randn(3, 8, requires_grad=True), tg.zeros(2, 8)
    for _ in range(30):
        h = h @ w + tg.randn(2, 3) @ u
    return done(h.mean())


@broken("accumulated gradient", "weight")
def no_zero_grad():
    model = nn.Linear(4, 1)
    optimizer = tg.optim.SGD(model.parameters(), lr=0.01)
    for k in range(3):
        loss = model(tg.randn(8, 4)).square().mean()
        loss.backward()
        if k < 2:
            optimizer.step()
    return viz.graph(loss, model)


# --- the tests ---


@pytest.mark.parametrize("name", HEALTHY)
def test_a_healthy_network_has_no_findings(name):
    assert HEALTHY[name]().findings == ()


@pytest.mark.parametrize("name", BROKEN)
def test_the_fault_of_a_broken_network_is_reported_at_its_node(name):
    build, what, at = BROKEN[name]
    with np.errstate(all="ignore"):
        g = build()
    (finding,) = g.findings
    node = g.nodes[finding.node]
    assert (finding.what, node.op or node.label) == (what, at)
