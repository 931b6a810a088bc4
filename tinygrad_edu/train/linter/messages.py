"""What the linter says, and those of its rules that one recorded operation, or one call of a layer, is enough for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from ..._tensor import Tensor
from ...nn import CrossEntropyLoss, HuberLoss, L1Loss, Module, MSELoss, NLLLoss, SmoothL1Loss

Found: TypeAlias = "tuple[str, dict[str, Any]] | None"  # the rule, and the words for its braces

RULES = {
    "zero_grad": "the gradients of the last step are still in .grad, and backward() adds to them: call optimizer.zero_grad() "
    "once for every step()",
    "no-gradient": "step() found no gradient at all, so nothing moved: call loss.backward() before it, and look whether the "
    "optimizer was given the parameters of the model that is trained",
    "not-in-optimizer": "{names} got gradients, but no optimizer moves them: give the optimizer model.parameters(), or set "
    "requires_grad=False if they are to stay",
    "never-reached": "{names} never got a gradient: the loss does not depend on them. Use them in forward(), or take them out",
    "shapes": "{a} minus {b} is a table of {n} × {n} differences, not {n} errors: target.reshape(output.shape) or "
    "output.squeeze(1)",
    "old-graph": "backward() on a loss that was computed before the last step(): its gradients are those of old weights. "
    "Compute the loss again in every step",
    "scheduler-order": "scheduler.step() came before the first optimizer.step(): the first rate of the schedule is skipped. "
    "Call optimizer.step() first",
    "double-softmax": "{loss} takes logits and does the {squash} itself, and it was given the output of a {squash}: "
    "take that layer off the model",
    "train-mode": "{names} ran in training mode without recording, as in an evaluation: call model.eval() before it and "
    "model.train() after",
    "target-dtype": "{loss}: the target is {dtype}, {fix}",
    "kept-graph": "losses of earlier steps are kept ({how}): keep the number, loss.item()",
}
"""Rule -> what it says. Every rule speaks at most once in a block."""


CHANGES = ("Dropout", "BatchNorm", "AlphaDropout", "FeatureAlphaDropout")  # layers that do something else in training
DIFFERENCES = (MSELoss, L1Loss, SmoothL1Loss, HuberLoss)
SHAPES = ("reshape", "permute", "index")  # operations that change no number


def check_difference(out: Tensor) -> Found:
    """(N,) against (N, 1)."""
    a, b = out._inputs
    if out.ndim == 2 and out.shape[0] == out.shape[1] > 1:
        n, shapes = out.shape[0], (np.shape(a), np.shape(b))
        # one of both is what the model says, the other a target; two computed ones are a table on purpose
        if set(shapes) == {(n,), (n, 1)} and getattr(a, "_requires_grad", False) != getattr(b, "_requires_grad", False):
            return "shapes", {"a": shapes[0], "b": shapes[1], "n": n}
    return None


def check_mse(out: Tensor) -> Found:
    """The target's dtype in F.mse_loss, where no module is called."""
    output, target = out._inputs
    if isinstance(output, Tensor) and isinstance(target, Tensor) and output._requires_grad:
        return check_dtype("mse_loss", MSELoss(), output, target)
    return None


def check_dtype(kind: str, module: Module, output: Tensor, target: Tensor) -> Found:
    """Class numbers for a loss of numbers, numbers for a loss of classes, float64 for a float32 model."""
    dtype, fix = target.dtype, ""
    if isinstance(module, DIFFERENCES) and dtype.kind != "f":
        fix = "which is for classes: CrossEntropyLoss takes those; for numbers, target.float()"
    elif isinstance(module, DIFFERENCES) and dtype.itemsize > output.dtype.itemsize:
        fix = f"the output {output.dtype}, so that loss and gradients become {dtype}: target.float()"
    elif isinstance(module, (CrossEntropyLoss, NLLLoss)) and dtype.kind == "f" and target.shape != output.shape:
        fix = "and class numbers must be whole: target.long()"
    return ("target-dtype", {"loss": kind, "dtype": dtype, "fix": fix}) if fix else None


def check_logits(out: Tensor) -> Found:
    """Softmax or sigmoid before a loss that does it itself."""
    x = out._inputs[0]
    while isinstance(x, Tensor) and x._op is not None and x._op.name in SHAPES:
        x = x._inputs[0]
    if isinstance(x, Tensor) and x._op is not None and x._op.name in ("softmax", "sigmoid"):
        loss = "BCEWithLogitsLoss" if x._op.name == "sigmoid" else "CrossEntropyLoss"
        return "double-softmax", {"loss": loss, "squash": x._op.name}
    return None


def depends_on_mode(module: Module) -> bool:
    """Whether the layer does something else in training: dropout that drops, batch normalisation."""
    names = {cls.__name__.rstrip("123d") for cls in type(module).__mro__}
    return not names.isdisjoint(CHANGES) and getattr(module, "p", 1) != 0


CHECKS: dict[str, Callable[[Tensor], Found]] = {
    "mse": check_mse,
    "subtract": check_difference,
    "cross_entropy": check_logits,
    "log_softmax": check_logits,
    "bce_with_logits": check_logits,
}
"""Operation -> what is looked at when it is recorded."""
