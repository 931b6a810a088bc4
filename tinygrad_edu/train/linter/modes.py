"""Rules about modes: layers that behave differently in training must be switched to evaluation mode for evaluating."""

from __future__ import annotations

from typing import Any, ClassVar

from ...autograd import is_grad_enabled
from ...nn import Module
from .family import Family, Messages

CHANGES = ("Dropout", "BatchNorm", "AlphaDropout", "FeatureAlphaDropout")  # layers that behave differently in training


class ModeRules(Family):
    """Evaluation in training mode."""

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
    """Whether the layer behaves differently in training: active dropout, batch normalization."""
    names = {cls.__name__.rstrip("123d") for cls in type(module).__mro__}
    return not names.isdisjoint(CHANGES) and getattr(module, "p", 1) != 0
