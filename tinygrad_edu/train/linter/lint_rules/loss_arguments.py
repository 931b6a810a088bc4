"""Rules about the arguments of losses: their shapes, dtypes and order, and logits or probabilities."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from ...._language import translate
from ...._tensor import Tensor
from ....autograd.node import Node
from ....nn import (
    BCELoss,
    BCEWithLogitsLoss,
    CrossEntropyLoss,
    HuberLoss,
    KLDivLoss,
    L1Loss,
    Module,
    MSELoss,
    NLLLoss,
    SmoothL1Loss,
)
from ....nn.diagnostics.findings import pairs_all
from ....nn.diagnostics.probabilities import squashed_by
from ..family import Family, Messages
from ..leaves import Leaf
from .step_gradients import is_not_zero

LOGITS = {
    "cross_entropy": ("CrossEntropyLoss", "softmax"),
    "log_softmax": ("log_softmax", "softmax"),
    "bce_with_logits": ("BCEWithLogitsLoss", "sigmoid"),
}  # op -> its name in messages, and the function that it applies to logits
POSITIVE = 0.05  # if more than this fraction of the values is above 0, they are not log-probabilities
PROBABILITY = 0.05  # the sum of a row's probabilities may differ from 1 by this much
DIFFERENCES = (MSELoss, L1Loss, SmoothL1Loss, HuberLoss)


class LossRules(Family):
    """(N,) against (N, 1); softmax twice, over one class, or instead of its logarithm; a wrong dtype or argument order."""

    messages: ClassVar[Messages] = {
        "shapes": (
            "{a} minus {b} is a table of {n} × {n} differences, not {n} errors",
            "write target.reshape(output.shape) or output.squeeze(1)",
        ),
        "double-softmax": (
            "{loss} takes logits and applies the {own} itself, but it was given the output of a {squash}",
            "remove that layer from the model",
        ),
        "probabilities": (
            "{loss} takes logarithms of probabilities, but it was given the output of a softmax",
            "use log_softmax in place of softmax",
        ),
        "logits": (
            "{loss} takes log-probabilities, but it was given other numbers: exp(input) sums to {total:.3g} per row, not to 1",
            "apply log_softmax(dim=1) first, or use CrossEntropyLoss, which takes logits",
        ),
        "single-class": (
            "a softmax over an axis of size 1 is always 1, whatever the model computes, so every gradient is 0",
            "for two classes use two outputs, or one output and BCEWithLogitsLoss",
        ),
        "swapped-arguments": (
            "{loss} was called with (target, output): the second argument requires a gradient, and the first does not",
            "call it with (output, target)",
        ),
        "target-dtype": ("{loss}: the target is {dtype}, {reason}", "{fix}"),
    }

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.at_ops = {
            "mse": self._look_at_mse,
            "subtract": self._look_at_difference,
            "cross_entropy": self._look_at_logits,
            "log_softmax": self._look_at_logits,
            "bce_with_logits": self._look_at_logits,
        }

    def before_backward(self, root: Tensor, nodes: list[Node], leaves: list[Leaf]) -> None:
        softmaxes = (node for node in nodes if node._op is not None and node._op.name in ("softmax", "log_softmax"))
        self._single = any(node._data.shape[node._params["axis"]] == 1 for node in softmaxes)

    def after_backward(self, root: Tensor, leaves: list[Leaf]) -> None:
        # attention to a single key passes gradients on through its value
        if self._single and not any(is_not_zero(leaf.ref()) for leaf in leaves):
            self.found("single-class")

    def called(self, module: Module, args: tuple[Any, ...]) -> None:
        if len(args) >= 2 and isinstance(args[0], Tensor) and isinstance(args[1], Tensor):
            self._check_dtype(module, type(module).__name__, args[0], args[1])
            if isinstance(module, (NLLLoss, KLDivLoss)):
                self._check_logarithms(type(module).__name__, args[0])
            if isinstance(module, (BCELoss, BCEWithLogitsLoss)) and args[1]._requires_grad and not args[0]._requires_grad:
                self.found("swapped-arguments", loss=type(module).__name__)

    def function(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], calls: list[Module]) -> None:
        if name in ("nll_loss", "kl_div") and args and isinstance(args[0], Tensor):
            self._check_logarithms(name, args[0])

    def _check_logarithms(self, loss: str, x: Tensor) -> None:
        """Check for probabilities or logits where log-probabilities (N, classes, …) are expected."""
        if squashed_by(x) == "softmax":
            self.found("probabilities", loss=loss)
        elif x.ndim > 1 and x._requires_grad and x.shape[1] > 1:
            with np.errstate(over="ignore"):
                total = np.exp(x._data.astype(np.float64)).sum(axis=1)
            # a log-probability is not positive; rows of joint probabilities need not sum to 1
            if np.mean(x._data > 0) > POSITIVE and np.mean(np.abs(total - 1) > PROBABILITY) > 0.5:
                self.found("logits", loss=loss, total=float(np.median(total)))

    def _look_at_mse(self, out: Tensor) -> None:
        """Check F.mse_loss, for which no module is called."""
        output, target = out._inputs
        if isinstance(output, Tensor) and isinstance(target, Tensor) and output._requires_grad:
            self._check_dtype(MSELoss(), "mse_loss", output, target)

    def _look_at_difference(self, out: Tensor) -> None:
        a, b = out._inputs
        # one of the two is the model's output, the other a target; a table of pairs of outputs is intended
        one_is_computed = getattr(a, "_requires_grad", False) != getattr(b, "_requires_grad", False)
        if out.ndim == 2 and one_is_computed and pairs_all(np.shape(a), np.shape(b)):
            self.found("shapes", a=np.shape(a), b=np.shape(b), n=out.shape[0])

    def _look_at_logits(self, out: Tensor) -> None:
        x = out._inputs[0]
        squash = squashed_by(x) if isinstance(x, Tensor) else ""
        if squash:
            loss, own = LOGITS[out._op.name]  # type: ignore[union-attr]  # it was recorded
            self.found("double-softmax", loss=loss, own=own, squash=squash)

    def _check_dtype(self, module: Module, name: str, output: Tensor, target: Tensor) -> None:
        """Check for class indices in a regression loss, floats as class indices, and float64 targets for float32 outputs."""
        dtype, reason, fix = target.dtype, "", ""
        if isinstance(module, DIFFERENCES) and dtype.kind != "f":
            reason, fix = (
                translate("which is for classes"),
                translate("use CrossEntropyLoss for classes, or target.float() for numbers"),
            )
        elif isinstance(module, DIFFERENCES) and dtype.itemsize > output.dtype.itemsize:
            reason = translate("and the output {output}, so the loss becomes {dtype}").format(output=output.dtype, dtype=dtype)
            fix = translate("use target.float()")
        elif isinstance(module, (CrossEntropyLoss, NLLLoss)) and dtype.kind == "f" and target.shape != output.shape:
            reason, fix = translate("and class indices must be integers"), translate("use target.long()")
        if fix:
            self.found("target-dtype", loss=name, dtype=dtype, reason=reason, fix=fix)
