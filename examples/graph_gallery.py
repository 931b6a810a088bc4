"""Six computation graphs to look at: a neuron, an MLP, a residual block, an RNN, a transformer block, and a broken network.

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
    """With a trace, every op knows its module, even those without parameters."""
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


def broken() -> viz.Graph:
    """Three mistakes at once: dead ReLUs, a column combined with a row, and the logarithm of negative numbers."""
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
