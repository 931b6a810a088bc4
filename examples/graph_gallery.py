"""Eleven computation graphs to look at, from one neuron to a GAN; one of the networks is broken.

python examples/graph_gallery.py [FOLDER]

Each is written as a picture (.svg) and as a page (.html) that steps through the forward and backward passes.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

import tinygrad_edu as tg
from tinygrad_edu import nn, viz


def neuron() -> viz.Graph:
    """One neuron with two inputs, the first picture of micrograd's lecture: d o / d x1 = −1.5, d o / d w1 = 1."""
    x1, w1, x2, w2, b = (tg.tensor(v, requires_grad=True) for v in (2.0, -3.0, 0.0, 1.0, 6.8813735870195432))
    n = x1 * w1 + x2 * w2 + b
    o = n.tanh()
    o.backward()
    return viz.graph(o, names=locals())


def mlp() -> viz.Graph:
    model = nn.MLP([2, 16, 16, 1])
    X = tg.randn(32, 2)
    loss = nn.BCEWithLogitsLoss()(model(X), (X[:, :1] * X[:, 1:] > 0).float())
    loss.backward()
    return viz.graph(loss, model, names={"X": X, "loss": loss})


class Residual(nn.Module):
    """x + f(x): the gradient has a path around f."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.up, self.down = nn.Linear(width, 2 * width), nn.Linear(2 * width, width)

    def forward(self, x: tg.Tensor) -> tg.Tensor:
        return x + self.down(tg.relu(self.up(x)))


def traced(model: nn.Module, x: tg.Tensor) -> viz.Graph:
    """The graph of a traced forward pass: each op is assigned to its module, even if the op uses no parameter."""
    target = tg.randn(*x.shape)
    with viz.trace(model):
        loss = ((model(x) - target) ** 2).mean()
    loss.backward()
    return viz.graph(loss, model, names={"x": x, "target": target, "loss": loss})


def rnn() -> viz.Graph:
    """Forty steps with the same weights, folded into one box, which shows the size of the gradient at both ends."""
    Wx, Wh, b = ((tg.randn(*shape) * 0.3).requires_grad_() for shape in ((4, 8), (8, 8), (8,)))
    h = tg.zeros(2, 8)
    for _ in range(40):
        h = tg.tanh(tg.randn(2, 4) @ Wx + h @ Wh + b)
    loss = (h**2).sum()
    loss.backward()
    return viz.graph(loss, names={"Wx": Wx, "Wh": Wh, "b": b, "loss": loss}, max_nodes=60)


class Cells(nn.Module):
    """Two LSTM cells, the second fed by the first, over all steps of x [N, T, 3]."""

    def __init__(self) -> None:
        super().__init__()
        self.c1, self.c2, self.out = nn.LSTMCell(3, 8), nn.LSTMCell(8, 8), nn.Linear(8, 1)

    def forward(self, x: tg.Tensor) -> tg.Tensor:
        h1 = c1 = tg.zeros(len(x), 8)
        h2 = c2 = tg.zeros(len(x), 8)
        for t in range(x.shape[1]):
            h1, c1 = self.c1(x[:, t], (h1, c1))
            h2, c2 = self.c2(h1, (h2, c2))
        return self.out(h2)


def lstm() -> viz.Graph:
    """Each cell is one box, which stands for all twenty steps and the parameters."""
    model, x = Cells(), tg.randn(4, 20, 3)
    loss = (model(x) ** 2).mean()
    loss.backward()
    return viz.graph(loss, model, names={"x": x, "loss": loss})


def lenet() -> viz.Graph:
    """Each convolution and each pooling is one op."""
    model = nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.Tanh(), nn.AvgPool2d(2), nn.Conv2d(6, 16, 5), nn.Tanh(), nn.AvgPool2d(2),
        nn.Flatten(), nn.Linear(400, 120), nn.Tanh(), nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, 10),
    )  # fmt: skip
    images, labels = tg.randn(8, 1, 28, 28), tg.arange(8)
    with viz.trace(model):
        loss = nn.functional.cross_entropy(model(images), labels)
    loss.backward()
    return viz.graph(loss, model, names={"images": images, "loss": loss})


def gan() -> viz.Graph:
    """The discriminator's loss: detach() keeps its gradient out of the generator, and the picture marks the cut."""
    model = nn.ModuleDict({"G": nn.MLP([2, 8, 2]), "D": nn.MLP([2, 8, 1])})
    real, fake = tg.randn(16, 2) + 2, model["G"](tg.randn(16, 2))
    loss = nn.functional.softplus(-model["D"](real)).mean() + nn.functional.softplus(model["D"](fake.detach())).mean()
    loss.backward()
    return viz.graph(loss, model, names={"real": real, "fake": fake, "loss": loss})


def second_order() -> viz.Graph:
    """The graph of a gradient, d(x³ + sin x) / dx, as create_graph records it."""
    x = tg.tensor(2.0, requires_grad=True)
    y = x**3 + tg.sin(x)
    (slope,) = tg.autograd.grad(y, x, create_graph=True)
    slope.backward()
    return viz.graph(slope, names={"x": x, "y": y, "dy/dx": slope})


def residual_100() -> viz.Graph:
    """A hundred residual blocks, folded into one box."""
    model = nn.Sequential(*(Residual(4) for _ in range(100)))
    loss = (model(tg.randn(4, 4) / 100) ** 2).mean()
    loss.backward()
    return viz.graph(loss, model, names={"loss": loss})


def broken() -> viz.Graph:
    """Three mistakes: dead ReLUs, a column combined with a row, and the logarithm of negative numbers."""
    model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
    with tg.no_grad():
        model[0].bias -= 50.0
    X, y = tg.rand(6, 4), tg.rand(6) + 1
    with np.errstate(all="ignore"):
        loss = tg.log(model(X) - y).mean()
        loss.backward()
    return viz.graph(loss, model, names={"X": X, "y": y, "loss": loss})


def main(folder: str = "gallery") -> None:
    tg.manual_seed(0)
    graphs = {
        "neuron": neuron(),
        "mlp": mlp(),
        "residual": traced(Residual(8), tg.randn(4, 8)),
        "rnn": rnn(),
        "transformer": traced(nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), tg.randn(2, 5, 8)),
        "broken": broken(),
        "lstm": lstm(),
        "lenet": lenet(),
        "gan": gan(),
        "second_order": second_order(),
        "residual_100": residual_100(),
    }
    Path(folder).mkdir(parents=True, exist_ok=True)
    for name, graph in graphs.items():
        for suffix in (".svg", ".html"):
            graph.save(Path(folder) / (name + suffix))
        print(f"{name:12} {graph.title}")
    for finding in graphs["broken"].findings:
        print(f"  {finding}")


if __name__ == "__main__":
    main(*sys.argv[1:])
