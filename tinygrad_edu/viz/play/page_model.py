"""The user's own model in the form the page needs: widths, activation, initial weights."""

from __future__ import annotations

from typing import Any

import numpy as np

from ... import nn
from ...autograd.grad_mode import no_grad
from ...autograd.node import from_array, raw
from ...ops.generator import Generator
from ...program.javascript import ACTIVATIONS

MOST_LAYERS, MOST_UNITS = 6, 32
"""The largest numbers of hidden layers, and of units in each, that fit on the page."""


def described(model: Any) -> dict[str, Any]:
    """The widths [in, …, out], activation name and parameters of a model; an error if the page cannot train it."""
    if not isinstance(model, nn.Module):
        raise TypeError(f"playground: model must be a Module, such as nn.MLP([2, 8, 8, 1]), got {type(model).__name__}")
    layers = [m for m in model.modules() if not list(m.children()) and not isinstance(m, (nn.Identity, nn.Flatten))]
    linear = [m for m in layers if isinstance(m, nn.Linear)]
    others = [type(m).__name__ for m in layers if not isinstance(m, nn.Linear)]
    turns = [isinstance(m, nn.Linear) for m in layers]
    regular = bool(linear) and turns == [k % 2 == 0 for k in range(len(layers))] and turns[-1]
    if not regular or len(set(others)) > 1 or any(m.bias is None for m in linear):
        shown = ", ".join(type(m).__name__ for m in layers) or "no layers"
        raise ValueError(
            "playground: the model must be Linear layers with biases and one kind of activation between them, and none at the "
            f"end (the loss applies a sigmoid or softmax if it needs one), got {shown}"
        )
    activation = others[0] if others else "Tanh"
    if activation not in ACTIVATIONS:
        raise ValueError(f"playground: the activation must be one of {', '.join(ACTIVATIONS)}, got {activation}")
    standard = getattr(nn, activation)()
    for m in layers[1::2]:
        changed = [f"{k}={getattr(m, k)!r}" for k in standard.settings if getattr(m, k) != getattr(standard, k)]
        if changed:
            raise ValueError(
                f"playground: the page has {activation} with its default options only, got {activation}({', '.join(changed)})"
            )
    widths = [linear[0].in_features, *(m.out_features for m in linear)]
    if len(widths) - 2 > MOST_LAYERS or max(widths[1:-1], default=0) > MOST_UNITS:
        raise ValueError(f"playground: at most {MOST_LAYERS} hidden layers of {MOST_UNITS} units, got widths {widths}")
    weights = [v for p in model.parameters() for v in p.detach().numpy().astype(float).ravel().tolist()]
    if not np.isfinite(weights).all():
        raise ValueError("playground: the model's weights must be finite, got nan or inf")
    _check_forward(model, linear, activation)
    return {"widths": widths, "activation": activation, "weights": weights}


def _check_forward(model: nn.Module, linear: list[nn.Linear], activation: str) -> None:
    """Raise ValueError if forward is not the layers applied in order: the page would train another function."""
    rows = Generator().manual_seed(0).normal((8, linear[0].in_features)).astype(raw(linear[0].weight).dtype)
    with no_grad():
        x, between = from_array(rows), getattr(nn, activation)()
        expected = x
        for k, m in enumerate(linear):
            expected = nn.functional.linear(between(expected) if k else expected, m.weight, m.bias)
        got = model(x)
    a, b = (np.asarray(raw(v), float) for v in (got, expected))
    if a.shape != b.shape or not np.allclose(a, b, rtol=1e-4, atol=1e-5 * max(1.0, float(np.abs(b).max(initial=0)))):
        kinds = f"Linear and {activation}" if len(linear) > 1 else "Linear"
        raise ValueError(
            f"playground: {type(model).__name__}.forward gives different values from its {kinds} layers applied in "
            "order, which is what the page trains; pass an nn.Sequential of the layers, and scale the data or targets instead"
        )
