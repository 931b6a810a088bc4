"""Rules about modes: layers that do something else in training are switched to evaluation for one."""

from __future__ import annotations

from typing import Any, ClassVar

from ...autograd import is_grad_enabled
from ...nn import Module
from .family import Family, Messages

CHANGES = ("Dropout", "BatchNorm", "AlphaDropout", "FeatureAlphaDropout")  # layers that do something else in training


class ModeRules(Family):
    """An evaluation in training mode."""

    messages: ClassVar[Messages] = {
        "train-mode": (
            "{names} ran in training mode without recording, as in an evaluation",
            "call model.eval() before it and model.train() after",
        )
    }

    def called(self, module: Module, args: tuple[Any, ...]) -> None:
        if module.training and not is_grad_enabled() and depends_on_mode(module):
            self.found("train-mode", names=type(module).__name__)


def depends_on_mode(module: Module) -> bool:
    """Whether the layer does something else in training: dropout that drops, batch normalisation."""
    names = {cls.__name__.rstrip("123d") for cls in type(module).__mro__}
    return not names.isdisjoint(CHANGES) and getattr(module, "p", 1) != 0
