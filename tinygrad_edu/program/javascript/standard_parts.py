"""The parts of a page that trains small networks: layers, losses and update rules by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib.resources import files
from typing import Any

import numpy as np

from ... import nn, optim
from .layer_printer import layer, loss
from .rule_printer import rule

ACTIVATIONS = (
    "Tanh", "ReLU", "Sigmoid", "LeakyReLU", "ELU", "SELU", "SiLU", "Mish", "Softplus", "Softsign", "Hardtanh",
)  # fmt: skip
RULES = ("SGD", "Momentum", "NAG", "Adagrad", "RMSprop", "Adadelta", "Adam", "Nadam")

SWITCHES: dict[str, tuple[str, ...]] = {"SGD": ("nesterov",)}
"""Rule -> options that can be turned on and off, besides those that enable a buffer."""


def _labels(B: int, O: int) -> Any:  # noqa: E741 - the sizes as the programs call them
    return np.arange(B) % O


def _numbers(B: int, O: int) -> Any:  # noqa: E741
    return np.zeros((B, O))


LOSSES: dict[str, Callable[[int, int], Any]] = {
    "BCEWithLogitsLoss": _numbers,
    "CrossEntropyLoss": _labels,
    "MSELoss": _numbers,
    "L1Loss": _numbers,
    "SmoothL1Loss": _numbers,
}
"""Loss -> a function of B and O that returns a target of the kind that the loss expects, [B, O] or [B]."""


def library(
    rules: Iterable[str] = RULES, activations: Iterable[str] = ACTIVATIONS, losses: Iterable[str] = tuple(LOSSES)
) -> str:
    """The runtime, and the programs of rules, Linear layers, activations and losses, in objects RULES, LAYERS and LOSSES.

    Raises Untraceable, with the name of the instruction, for anything that is not supported in JavaScript.
    """
    rules, activations, losses = tuple(rules), tuple(activations), tuple(losses)
    parts = [runtime(), *(rule(getattr(optim, name), SWITCHES.get(name, ())) for name in rules)]
    parts += [layer("FirstLinear", _linear, first=True), layer("Linear", _linear)]
    for name in activations:
        parts.append(layer(name, lambda B, I, O, name=name: (getattr(nn, name)(), (B, O))))  # type: ignore[misc]  # noqa: E741
    for name in losses:
        parts.append(loss(name, lambda B, I, O, name=name: (getattr(nn, name)(), (B, O)), LOSSES[name]))  # type: ignore[misc]  # noqa: E741
    tables = {"RULES": rules, "LAYERS": ("FirstLinear", "Linear", *activations), "LOSSES": losses}
    parts += [f"const {table} = {{ {', '.join(names)} }};" for table, names in tables.items()]
    return "\n".join(parts) + "\n"


def runtime() -> str:
    """runtime.js: Generator, Batches, Network, Learner and runningProduct."""
    return files(__package__).joinpath("runtime.js").read_text(encoding="utf-8")


def _linear(B: int, I: int, O: int) -> tuple[nn.Module, tuple[int, ...]]:  # noqa: E741
    return nn.Linear(I, O).to(np.float64), (B, I)
