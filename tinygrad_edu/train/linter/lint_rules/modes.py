"""Rules about modes: layers that behave differently in training must be in the mode of what is done with them."""

from __future__ import annotations

import weakref
from typing import Any, ClassVar

from ...._tensor import Tensor
from ....autograd import is_grad_enabled
from ....nn import Module
from ....optim import Optimizer
from ..family import Family, Messages
from ..leaves import Leaf

CHANGES = ("Dropout", "BatchNorm", "AlphaDropout", "FeatureAlphaDropout")  # layers that behave differently in training


class ModeRules(Family):
    """Evaluation in training mode, and training in evaluation mode."""

    messages: ClassVar[Messages] = {
        "train-mode": (
            "{names} ran in training mode without recording, as in an evaluation",
            "call model.eval() before it and model.train() after",
        ),
        "eval-mode": (
            "a step trains {model} in evaluation mode, in which {names} does not work as in training",
            "call model.train() before the training loop, and again after each evaluation",
        ),
    }

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._models: weakref.WeakSet[Module] = weakref.WeakSet()  # that contain others, and were called
        self._evaluated: weakref.WeakSet[Module] = weakref.WeakSet()  # of these, called in evaluation mode while recording
        self._suspected: dict[int, tuple[str, str]] = {}  # id of a parameter that a backward pass reached -> model, layer

    def called(self, module: Module, args: tuple[Any, ...]) -> None:
        if module.training and not is_grad_enabled() and depends_on_mode(module):
            self.found("train-mode", names=type(module).__name__)
        if module._modules:
            self._models.add(module)
            if not module.training and is_grad_enabled():
                self._evaluated.add(module)

    def after_backward(self, root: Tensor, leaves: list[Leaf]) -> None:
        if not self._evaluated or self.report.has("eval-mode"):
            return
        reached = {id(leaf.ref()) for leaf in leaves if not leaf.frozen}
        for model in [model for model in self._evaluated if not model.training]:
            layer = next((type(m).__name__ for m in model.modules() if not m.training and depends_on_mode(m)), "")
            # a part in evaluation mode of a model in training mode is frozen on purpose
            if layer and not any(outer.training and id(model) in set(map(id, outer.modules())) for outer in self._models):
                names = type(model).__name__, layer
                self._suspected |= {id(p): names for p in model.parameters() if id(p) in reached}

    def before_update(self, optimizer: Optimizer, params: list[Any]) -> None:
        for p in params if self._suspected else ():
            if id(p) in self._suspected:
                model, names = self._suspected[id(p)]
                self.found("eval-mode", model=model, names=names)

    def after_step(self, optimizer: Optimizer, params: list[Any]) -> None:
        self._evaluated.clear()
        self._suspected.clear()


def depends_on_mode(module: Module) -> bool:
    """Whether the layer behaves differently in training: active dropout, batch normalization."""
    names = {cls.__name__.rstrip("123d") for cls in type(module).__mro__}
    return not names.isdisjoint(CHANGES) and getattr(module, "p", 1) != 0
