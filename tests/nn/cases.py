"""What every layer and loss is tried on. `run` speaks the names that PyTorch and tinygrad_edu share, so the same lines make
the oracle (tests/oracles/make_nn.py), are compared with it (test_layers.py), and with PyTorch itself where it is installed.

A public layer without a case here fails the tests.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

Array = np.ndarray


class Case(NamedTuple):
    make: Callable[[Any], Any]  # from the module `nn`
    inputs: tuple[Any, ...]
    tolerance: float = 1e-9  # float64, relative to the largest value


def rng(*key: Any) -> np.random.Generator:
    """The same numbers for the same key, whatever cases are added."""
    return np.random.default_rng(zlib.crc32(repr(key).encode()))


def normal(*shape: int, tag: str = "x") -> Array:
    return rng(shape, tag).normal(size=shape)


def away(*shape: int) -> Array:
    """Numbers with 0.1 ≤ |x| ≤ 4, none near a kink at −3, −2, −1, −0.5, 0, 0.5, 1, 2, 3 or 6."""
    generator = rng(shape, "away")
    return generator.choice([0.2, 0.75, 1.4, 2.3, 3.6], size=shape) * generator.choice([-1, 1], size=shape)


def unit(*shape: int, tag: str = "p") -> Array:
    """Inside (0, 1)."""
    return rng(shape, tag).uniform(0.05, 0.95, size=shape)


def classes(n: int, *shape: int) -> Array:
    return rng(n, shape).integers(0, n, size=shape)


class Constant(NamedTuple):
    """A floating input without a gradient."""

    value: Array


def activation(name: str, *args: Any, **kwargs: Any) -> Case:
    return Case(lambda nn: getattr(nn, name)(*args, **kwargs), (away(4, 6),))


ignoring = np.array([1, -100, 0, -100])
distribution = unit(4, 3) / unit(4, 3).sum(1, keepdims=True)
REDUCTIONS = ("mean", "sum", "none")

CASES: dict[str, Case] = {
    # linear and shape
    "Linear": Case(lambda nn: nn.Linear(5, 3), (normal(4, 5),)),
    "Linear 1-D": Case(lambda nn: nn.Linear(5, 3), (normal(5),)),
    "Linear 3-D": Case(lambda nn: nn.Linear(5, 3), (normal(2, 4, 5),)),
    "Linear bias=False": Case(lambda nn: nn.Linear(5, 3, bias=False), (normal(4, 5),)),
    "Linear large": Case(lambda nn: nn.Linear(40, 30), (normal(4, 40),)),
    "Identity": Case(lambda nn: nn.Identity(3, x=1), (normal(4, 5),)),
    "Flatten": Case(lambda nn: nn.Flatten(), (normal(2, 3, 4),)),
    "Flatten range": Case(lambda nn: nn.Flatten(0, 1), (normal(2, 3, 4),)),
    "Unflatten": Case(lambda nn: nn.Unflatten(1, (2, 3)), (normal(4, 6),)),
    "Unflatten -1": Case(lambda nn: nn.Unflatten(-1, (2, -1)), (normal(4, 6),)),
    # containers
    "Sequential": Case(lambda nn: nn.Sequential(nn.Linear(5, 4), nn.Tanh(), nn.Linear(4, 2)), (normal(3, 5),)),
    "Sequential nested": Case(
        lambda nn: nn.Sequential(nn.Sequential(nn.Linear(5, 4), nn.Dropout(0.2)), nn.Sequential(), nn.ReLU()), (normal(3, 5),)
    ),
    # dropout
    "Dropout": Case(lambda nn: nn.Dropout(), (normal(4, 6),)),
    "Dropout p=0.2": Case(lambda nn: nn.Dropout(0.2), (normal(3, 4, 5),)),
    "Dropout p=0": Case(lambda nn: nn.Dropout(0.0), (normal(4, 6),)),
    "Dropout p=1": Case(lambda nn: nn.Dropout(1.0, inplace=False), (normal(4, 6),)),
    # activations
    "ReLU": activation("ReLU"),
    "ReLU6": activation("ReLU6"),
    "Sigmoid": activation("Sigmoid"),
    "LogSigmoid": activation("LogSigmoid"),
    "Tanh": activation("Tanh"),
    "SiLU": activation("SiLU"),
    "LeakyReLU": activation("LeakyReLU"),
    "LeakyReLU 0.2": activation("LeakyReLU", 0.2),
    "ELU": activation("ELU"),
    "ELU 0.5": activation("ELU", 0.5),
    "Softplus": activation("Softplus"),
    "Softplus 2, 1": activation("Softplus", 2.0, 1.0),
    "Hardtanh": activation("Hardtanh"),
    "Hardtanh -2, 0.5": activation("Hardtanh", -2.0, 0.5),
    "Softmax": activation("Softmax", dim=1),
    "Softmax 0": activation("Softmax", 0),
    "LogSoftmax": activation("LogSoftmax", dim=-1),
    "Softmin": activation("Softmin", dim=1),
}

# losses: (input, target), each reduction
for r in REDUCTIONS:
    CASES |= {
        f"MSELoss {r}": Case(lambda nn, r=r: nn.MSELoss(reduction=r), (normal(4, 3), normal(4, 3, tag="t"))),
        f"L1Loss {r}": Case(lambda nn, r=r: nn.L1Loss(reduction=r), (normal(4, 3), normal(4, 3, tag="t"))),
        f"CrossEntropyLoss {r}": Case(lambda nn, r=r: nn.CrossEntropyLoss(reduction=r), (normal(4, 3), classes(3, 4))),
        f"CrossEntropyLoss 1-D {r}": Case(lambda nn, r=r: nn.CrossEntropyLoss(reduction=r), (normal(3), np.array(2))),
        f"CrossEntropyLoss images {r}": Case(
            lambda nn, r=r: nn.CrossEntropyLoss(reduction=r), (normal(2, 3, 2, 2), classes(3, 2, 2, 2))
        ),
        f"CrossEntropyLoss ignored {r}": Case(lambda nn, r=r: nn.CrossEntropyLoss(reduction=r), (normal(4, 3), ignoring)),
        f"CrossEntropyLoss ignore_index {r}": Case(
            lambda nn, r=r: nn.CrossEntropyLoss(ignore_index=1, reduction=r), (normal(8, 3), classes(3, 8))
        ),
        f"CrossEntropyLoss smooth {r}": Case(
            lambda nn, r=r: nn.CrossEntropyLoss(reduction=r, label_smoothing=0.2), (normal(4, 3), ignoring)
        ),
        f"CrossEntropyLoss probabilities {r}": Case(
            lambda nn, r=r: nn.CrossEntropyLoss(reduction=r), (normal(4, 3), Constant(distribution))
        ),
        f"CrossEntropyLoss probabilities smooth images {r}": Case(
            lambda nn, r=r: nn.CrossEntropyLoss(reduction=r, label_smoothing=0.1), (normal(2, 3, 2), Constant(unit(2, 3, 2)))
        ),
        f"NLLLoss {r}": Case(lambda nn, r=r: nn.NLLLoss(reduction=r), (normal(4, 3), classes(3, 4))),
        f"NLLLoss images ignored {r}": Case(
            lambda nn, r=r: nn.NLLLoss(ignore_index=0, reduction=r), (normal(2, 3, 2, 2), classes(3, 2, 2, 2))
        ),
        f"BCELoss {r}": Case(lambda nn, r=r: nn.BCELoss(reduction=r), (unit(4, 3), Constant(unit(4, 3, tag="t")))),
        f"BCEWithLogitsLoss {r}": Case(
            lambda nn, r=r: nn.BCEWithLogitsLoss(reduction=r), (normal(4, 3), unit(4, 3, tag="t"))
        ),
    }  # fmt: skip


def flat(x: Any) -> list[Any]:
    """The tensors in nested tuples and lists."""
    return [t for item in x for t in flat(item)] if isinstance(x, (tuple, list)) else [x]


def number(t: Any) -> Array:
    return np.array(t.detach().numpy())


def run(t: Any, case: Case, state: dict[str, Array] | None = None) -> dict[str, Array]:
    """Three training steps in float64: first outputs and gradients, the state before and after, the output in eval()."""
    t.manual_seed(0)
    layer = case.make(t.nn)
    found = {f"initial {key}": number(value) for key, value in layer.state_dict().items()}
    found["repr"] = np.array(repr(layer))
    layer.double()
    if state is not None:
        layer.load_state_dict({key: t.tensor(value) for key, value in state.items()})
    inputs = []
    for value in case.inputs:
        constant = isinstance(value, Constant)
        value = value.value if constant else value
        inputs.append(t.tensor(value, requires_grad=not constant and value.dtype.kind == "f"))
    t.manual_seed(1)
    for step in range(3):
        outputs = flat(layer(*inputs))
        loss = sum((y * t.tensor(normal(*y.shape, tag=f"cotangent {i}"))).sum() for i, y in enumerate(outputs))
        layer.zero_grad()
        if loss.requires_grad:
            loss.backward()
        if step == 0:
            found |= {f"output {i}": number(y) for i, y in enumerate(outputs)}
            found |= {f"input gradient {i}": number(x.grad) for i, x in enumerate(inputs) if x.grad is not None}
            found |= {f"gradient {key}": number(p.grad) for key, p in layer.named_parameters() if p.grad is not None}
        with t.no_grad():
            for p in layer.parameters():
                if p.grad is not None:
                    p -= 0.1 * p.grad
    found |= {f"state {key}": number(value) for key, value in layer.state_dict().items()}
    layer.eval()
    found |= {f"eval {i}": number(y) for i, y in enumerate(flat(layer(*inputs)))}
    return found


def compare(name: str, ours: dict[str, Array], theirs: dict[str, Array]) -> None:
    """Same parts, same shapes, same repr, initial weights equal bit for bit, everything else within the tolerance."""
    assert sorted(ours) == sorted(theirs)
    for part, expected in theirs.items():
        if part == "repr":
            assert str(ours[part]) == str(expected)
            continue
        assert ours[part].shape == expected.shape, (name, part)
        assert ours[part].dtype == expected.dtype, (name, part)
        scale = max(1.0, float(np.max(np.abs(expected), initial=0)))
        tolerance = 2e-6 if part.startswith("initial") else CASES[name].tolerance  # float32, and PyTorch's own rounding varies
        np.testing.assert_allclose(ours[part], expected, rtol=0, atol=tolerance * scale, err_msg=f"{name}: {part}")


# --- nn.init: (function, shape, options) ---

INITS: dict[str, tuple[str, tuple[int, ...], dict[str, Any]]] = {
    "uniform": ("uniform_", (5, 4), {"a": -1.0, "b": 3.0}),
    "normal": ("normal_", (5, 4), {"mean": 1.0, "std": 0.1}),
    "normal small": ("normal_", (5,), {}),
    "constant": ("constant_", (2, 2), {"val": 0.3}),
    "ones": ("ones_", (3,), {}),
    "zeros": ("zeros_", (3,), {}),
    "eye": ("eye_", (2, 3), {}),
    "xavier_uniform": ("xavier_uniform_", (5, 4), {"gain": 5 / 3}),
    "xavier_normal": ("xavier_normal_", (5, 4, 3), {}),
    "kaiming_uniform": ("kaiming_uniform_", (5, 4), {"nonlinearity": "relu"}),
    "kaiming_uniform fan_out": ("kaiming_uniform_", (5, 4, 3, 3), {"a": 0.2, "mode": "fan_out"}),
    "kaiming_normal": ("kaiming_normal_", (5, 4), {"nonlinearity": "tanh"}),
    "orthogonal": ("orthogonal_", (4, 3), {}),
    "orthogonal wide": ("orthogonal_", (3, 2, 3), {"gain": 2.0}),
    "trunc_normal": ("trunc_normal_", (30, 4), {"a": -1.0, "b": 1.5}),
    "trunc_normal tail": ("trunc_normal_", (30, 4), {"a": 1.0, "b": 1.5}),
    "trunc_normal scaled": ("trunc_normal_", (30, 4), {"std": 0.02}),
}


def fill(t: Any, name: str) -> Array:
    function, shape, options = INITS[name]
    t.manual_seed(0)
    return number(getattr(t.nn.init, function)(t.empty(*shape), **options))
