"""The user's own model in the form the page needs: widths, activation, initial weights."""

from __future__ import annotations

from typing import Any

from ... import nn
from ...program.javascript import ACTIVATIONS

MOST_LAYERS, MOST_UNITS = 6, 32
"""The largest number of hidden layers, and of units in each, that fits on the page."""


def described(model: Any) -> dict[str, Any]:
    """The widths [in, …, out], the activation's name and the weights of a Sequential (or MLP) of Linear layers."""
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
            f"end (the loss has it), got {shown}"
        )
    activation = others[0] if others else "Tanh"
    if activation not in ACTIVATIONS:
        raise ValueError(f"playground: the activation must be one of {', '.join(ACTIVATIONS)}, got {activation}")
    widths = [linear[0].in_features, *(m.out_features for m in linear)]
    if len(widths) - 2 > MOST_LAYERS or max(widths[1:-1], default=0) > MOST_UNITS:
        raise ValueError(f"playground: at most {MOST_LAYERS} hidden layers of {MOST_UNITS} units, got widths {widths}")
    weights = [v for p in model.parameters() for v in p.detach().numpy().astype(float).ravel().tolist()]
    return {"widths": widths, "activation": activation, "weights": weights}
