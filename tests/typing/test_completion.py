"""What an editor offers after a dot: completion by jedi, which Jupyter, IPython, Spyder and Vim use."""

from __future__ import annotations

import pytest

import tinygrad_edu

jedi = pytest.importorskip("jedi")

START = "import tinygrad_edu as tg\nfrom tinygrad_edu import nn, optim\nx = tg.randn(3)\n"


def completions(code: str) -> set[str]:
    """The names that are offered at the end of the code."""
    source = START + code
    lines = source.split("\n")
    path = f"{tinygrad_edu.__path__[0]}/../a_notebook.py"  # a file that imports this package
    return {found.name for found in jedi.Script(source, path=path).complete(len(lines), len(lines[-1]))}


TENSOR = {"sum", "backward", "shape", "grad", "requires_grad_", "add_", "T", "reshape", "numpy", "graph"}


@pytest.mark.parametrize(
    "code",
    [
        "x.",
        "tg.tensor([1.0]).",
        "tg.exp(x).",
        "x.exp().sum().",
        "(x + 1).",
        "(x @ x).",
        "x[0].",
        "x.T.",
        "x.max(0).values.",
        "tg.cat([x, x]).",
        "tg.linalg.inv(x).",
        "x.grad.",
        "model = nn.Linear(3, 1)\nmodel(x).",
        "model = nn.Linear(3, 1)\nmodel.weight.",
        "model = nn.Linear(3, 1)\nmodel.bias.",
        "model = nn.Sequential(nn.Linear(3, 1), nn.ReLU())\nmodel(x).",
        "model = nn.MLP([3, 1])\nmodel(x).",
        "loss = nn.MSELoss()(x, x)\nloss.",
        "nn.functional.relu(x).",
        "y, state = nn.GRU(3, 3)(x)\ny.",
        "y, (h, c) = nn.LSTM(3, 3)(x)\nc.",
        "y, weights = nn.MultiheadAttention(8, 2)(x, x, x)\ny.",
        "def f(y: tg.Tensor):\n    y.",
        "class Model(nn.Module):\n    def forward(self, x):\n        return tg.exp(x)\nModel()(x).",
    ],
)
def test_a_tensor_offers_its_methods(code: str) -> None:
    assert completions(code) >= TENSOR


def test_modules_and_optimizers_offer_theirs() -> None:
    assert completions("nn.Linear(3, 1).") >= {"parameters", "weight", "bias", "train", "eval", "state_dict", "graph"}
    assert completions("opt = optim.Adam(nn.Linear(3, 1).parameters())\nopt.") >= {
        "step",
        "zero_grad",
        "param_groups",
        "state_dict",
    }
    assert completions("loader = tg.data.DataLoader([1])\nloader.") >= {"batch_size", "dataset"}


def test_packages_offer_their_public_names() -> None:
    offered = completions("tg.")
    assert offered >= {"tensor", "randn", "exp", "where", "nn", "optim", "data", "train", "viz", "linalg", "no_grad", "float32"}
    assert not offered & {"elementwise", "creation", "METHODS", "IN_PLACE"}
    assert completions("tg.nn.") >= {"Linear", "Conv2d", "LSTM", "MSELoss", "Sequential", "Module", "functional", "init"}
    assert completions("tg.optim.") >= {"SGD", "Adam", "lr_scheduler"}
    assert completions("tg.viz.") >= {"graph", "race", "explain", "decision_boundary"}


def test_a_call_shows_its_arguments() -> None:
    (signature, *_) = jedi.Script(f"{START}tg.sum(").get_signatures(4, len("tg.sum("))
    assert [p.name for p in signature.params] == ["x", "axis", "keepdims", "dtype", "dim", "keepdim"]
