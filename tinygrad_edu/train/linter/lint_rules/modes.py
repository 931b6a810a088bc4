"""Rules about modes: layers such as dropout should be in training mode in training, and in evaluation mode in evaluations."""

from __future__ import annotations

import weakref
from dataclasses import dataclass, field
from typing import Any, ClassVar

from ...._tensor import Tensor
from ....autograd import is_grad_enabled
from ....autograd.node import Node
from ....autograd.user_line import find_user_line
from ....nn import Module
from ....optim import Optimizer
from ..family import Family, Messages
from ..leaves import Leaf

SAMPLES = 3  # with this many passes of the same input, dropout is active on purpose
CHANGES = ("Dropout", "BatchNorm", "AlphaDropout", "FeatureAlphaDropout")  # layers that behave differently in training


@dataclass
class Evaluation:
    """The passes of a model in training mode without recording, for one input."""

    line: tuple[str, int]
    layers: list[str] = field(default_factory=list)  # the layers called that depend on the mode
    passes: int = 0
    used: bool = False  # an op used the output

    def is_mistake(self) -> bool:
        """Whether it is neither sampling from dropout, nor a pass that only updates the statistics of batch normalization."""
        samples = self.passes >= SAMPLES and self.layers[:1] == ["Dropout"]
        updates = not self.used and any(name.startswith("BatchNorm") for name in self.layers)
        return bool(self.layers) and not samples and not updates


class ModeRules(Family):
    """Evaluation in training mode, and training in evaluation mode."""

    messages: ClassVar[Messages] = {
        "train-mode": (
            "{names} ran in training mode without recording a graph, as in an evaluation",
            "call model.eval() before an evaluation, and model.train() after it",
        ),
        "train-mode-recorded": (
            "predictions were made in training mode, in which {names} is active, and no backward() used them",
            "call model.eval() before an evaluation, and evaluate inside `with no_grad():`",
        ),
        "dropout-always": (
            "F.dropout is active in evaluation too, because its default is training=True",
            "pass training=self.training, or use nn.Dropout",
        ),
        "eval-mode": (
            "a step trains {model} in evaluation mode, in which {names} does not work as in training",
            "call model.train() before the training loop, and again after each evaluation",
        ),
    }

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._models: weakref.WeakSet[Module] = weakref.WeakSet()  # called modules that have submodules
        self._evaluated: weakref.WeakSet[Module] = weakref.WeakSet()  # those called in evaluation mode while recording
        self.at_cuts = {"": self._look_at_prediction, "*": self._look_at_use}
        self._evaluations: dict[tuple[int, int], Evaluation] = {}  # by model and input, since the last backward pass
        self._evaluation: Evaluation | None = None
        self._outputs: dict[int, tuple[weakref.ref[Any], Evaluation]] = {}
        self._open: dict[int, tuple[int, str, tuple[str, int]]] = {}  # id of an output -> its time, layer, line
        # time of an output of which an argmax or a comparison was computed -> layer, line
        self._predicted: dict[int, tuple[str, tuple[str, int]]] = {}
        self._suspected: dict[int, tuple[str, str]] = {}  # id of a parameter that a backward pass reached -> model, layer

    def entered(self, model: Module, args: tuple[Any, ...]) -> None:
        if model.training and not is_grad_enabled():  # if only a part is in training mode, that is intended
            given = id(getattr(args[0], "_data", args[0])) if args else 0
            self._evaluation = self._evaluations.setdefault((id(model), given), Evaluation(find_user_line()))
        else:
            self._evaluation = None

    def called(self, module: Module, args: tuple[Any, ...]) -> None:
        if module.training and not is_grad_enabled() and self._evaluation is not None and depends_on_mode(module):
            self._evaluation.layers.append(type(module).__name__)
        if module._modules:
            self._models.add(module)
            if not module.training and is_grad_enabled():
                self._evaluated.add(module)

    def function(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], calls: list[Module]) -> None:
        by_default = "training" not in kwargs and len(args) < 3  # if passed explicitly, it is intended
        if name == "dropout" and by_default and calls and not (is_grad_enabled() and calls[-1].training):
            self.found("dropout-always")

    def left(self, model: Module, output: Any) -> None:
        if self._evaluation is not None:
            self._evaluation.passes += 1
            self._evaluation.used |= not isinstance(output, Tensor)
            if isinstance(output, Tensor) and self._evaluation.layers:
                self._outputs[id(output)] = weakref.ref(output), self._evaluation
        if not model.training or not isinstance(output, Tensor) or output._op is None:
            return
        layer = next((type(m).__name__ for m in model.modules() if m.training and depends_on_mode(m)), "")
        if layer:
            self._open[id(output)] = output._time, layer, find_user_line()

    def _look_at_prediction(self, out: Tensor, inputs: tuple[Any, ...]) -> None:
        """Look at an argmax or a comparison of an output."""
        x = inputs[0] if inputs else None
        time, layer, line = self._open.get(id(x), (0, "", ("", 0)))
        if x is not None and layer and x._time == time and out.dtype.kind in "ib":
            self._predicted[time] = layer, line

    def before_backward(self, root: Tensor, nodes: list[Node], leaves: list[Leaf]) -> None:
        for node in nodes if self._open else ():
            self._open.pop(id(node), None)
            self._predicted.pop(node._time, None)

        self._report_evaluations()

    def _look_at_use(self, out: Tensor, inputs: tuple[Any, ...]) -> None:
        for x in inputs if self._outputs else ():
            ref, evaluation = self._outputs.get(id(x), (None, None))
            if ref is not None and evaluation is not None and ref() is x:
                evaluation.used = True

    def _report_evaluations(self) -> None:
        for evaluation in self._evaluations.values():
            if evaluation.is_mistake():
                self.found("train-mode", evaluation.line, names=evaluation.layers[0])
        self._evaluations.clear()
        self._outputs.clear()

    def ended(self) -> None:
        self._report_evaluations()
        for layer, line in self._predicted.values():
            self.found("train-mode-recorded", line, names=layer)

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
