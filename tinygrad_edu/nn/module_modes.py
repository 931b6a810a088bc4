"""The mode of each module of a model, training or eval, remembered and restored."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TypeAlias

from .module import Module

Modes: TypeAlias = list[tuple[Module, bool]]


def modes_of(model: Module) -> Modes:
    """Each module of `model` and whether it is in training mode."""
    return [(module, module.training) for module in model.modules()]


def restore_modes(modes: Modes) -> None:
    """Put each module back in its mode.

    `model.train(training)` would also switch a part that the user keeps in eval mode, such as a frozen BatchNorm.
    """
    for module, training in modes:
        module.training = training


@contextlib.contextmanager
def in_eval_mode(model: Module) -> Iterator[None]:
    """A block in which `model` is in eval mode; afterwards each of its modules is in its previous mode.

    >>> from tinygrad_edu import nn
    >>> model = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2).eval())
    >>> with in_eval_mode(model):
    ...     model.training, model[1].training
    (False, False)
    >>> model.training, model[1].training
    (True, False)
    """
    modes = modes_of(model)
    model.eval()
    try:
        yield
    finally:
        restore_modes(modes)
