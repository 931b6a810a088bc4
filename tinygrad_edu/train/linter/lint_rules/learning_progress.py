"""Rules about what the steps achieve: a learning rate that is far too large or small, a loss that is NaN, slopes that are 0.

Such symptoms may be consequences of a mistake that another rule finds, so all but a vanishing gradient are reported only if
no other rule has found anything.
"""

from __future__ import annotations

import math
import weakref
from typing import Any, ClassVar

import numpy as np

from ...._language import translate
from ...._tensor import Tensor
from ....autograd.node import Node
from ....autograd.user_line import find_user_line
from ....optim import Optimizer
from ..family import Family, Messages, largest_rate
from ..leaves import Leaf

STEPS = 20  # fewer steps show no trend
SAMPLE = 1024  # about this many numbers of each parameter are compared before and after a step
VANISHING = 1e-5  # the first layer's gradient vanishes below this multiple of the last layer's, each relative to its weights
LAYERS = 4  # with fewer layers, the gradients are not compared
ROSE = 3  # the loss rose if the last losses are above this multiple of the largest of the first ones
GUESSES = 20  # a first loss above this multiple of the loss of guessing is too large
STILL = 2e-4  # the weights stay still if all steps together change them by less than this, relative to their size
UNCHANGED = 1e-3  # the loss is unchanged if all steps together change it by at most this, relative to its first value
SIGNAL = 0.05  # |gradient| · |weights| relative to the loss: above this, changing the weights would change the loss
FLAT_STEPS = 4  # this many first passes without any slope, or first steps with a vanishing gradient, are a mistake
FLAT_OPS = {  # op with slope 0 everywhere -> the function that the user calls
    **{name: name for name in ("round", "floor", "ceil", "trunc", "sign", "heaviside", "floor_divide")},
    "rint": "round",
}


class ProgressRules(Family):
    """Steps that are too long or too short for the weights, a loss that is not finite, and losses without any slope."""

    messages: ClassVar[Messages] = {
        "rate-too-large": (
            "with learning rate {lr:g} one step was {ratio:.1f} times as long as the vector of all weights, and "
            "the loss has not fallen: {first:.3g} at the start, {last:.3g} at the end",
            "use a learning rate 10 to 1000 times smaller (for Adam, 0.001 is usual); train.lr_find suggests one",
        ),
        "loss-rose": (
            "the loss rose from {first:.3g} to {last:.3g} in {n} steps",
            "lower the learning rate or momentum, and check that the loss has the right sign: training minimizes it",
        ),
        "rate-too-small": (
            "with learning rate {lr:g} all {n} steps together changed the weights by {change:.1g} times their size, and the "
            "loss stayed at {last:.4g}",
            "use a larger learning rate; train.lr_find suggests one",
        ),
        "loss-not-finite": (
            "the loss is {loss} in backward pass {n}; it was {first:.3g} at first and {last:.3g} in the previous pass",
            "use a lower learning rate, scaled inputs, or clip_grad_norm_; autograd.detect_anomaly() finds the op that "
            "produced the value",
        ),
        "first-loss-not-finite": (
            "the loss is {loss} before the first step",
            "look for nan in the inputs and targets, X.isnan().any(); autograd.detect_anomaly() finds the op that produced "
            "the value",
        ),
        "vanishing-gradient": (
            "the gradient of {first} is {ratio:.1g} times that of {last}, each relative to its weights, so the first layers "
            "hardly learn",
            "use relu in place of sigmoid or tanh, batch normalization, residual connections, or Xavier or He initialization",
        ),
        "large-first-loss": (
            "the first loss is {first:.3g}, although guessing among {classes} classes gives {guess:.2g}; the last loss is "
            "{last:.3g}",
            "use smaller initial weights (PyTorch's default), and scale the inputs",
        ),
        "zero-slope": (
            "every gradient has been exactly 0 since the first backward pass, and the loss is {loss:.3g}: {cause}",
            "{do}",
        ),
    }

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._losses: list[float] = []
        self._optimizer: weakref.ref[Optimizer] | None = None
        self._start: dict[int, tuple[weakref.ref[Any], Any]] = {}
        self._before: list[Any] = []
        self._ratios: list[float] = []
        self._sizes: list[float] = []
        self._signals: list[float] = []
        self._several = False  # several optimizers, or a closure: there is no single trend
        self._line = ("", 0)
        self._rate = 0.0
        self._flat = 0
        self._vanished = 0
        self._classes = 0
        self.at_ops = {"cross_entropy": self._look_at_classes}
        self._flat_op = ""

    # --- the loss ---

    def before_backward(self, root: Tensor, nodes: list[Node], leaves: list[Leaf]) -> None:
        if root._data.size != 1:
            return
        loss = float(root._data.reshape(()))
        if not math.isfinite(loss) and not self.report.findings:
            if self._losses:
                self.found("loss-not-finite", loss=loss, n=len(self._losses) + 1, first=self._losses[0], last=self._losses[-1])
            else:
                self.found("first-loss-not-finite", loss=loss)
        self._losses.append(loss)
        if self._flat >= 0:
            ops = [node._op.name for node in nodes if node._op is not None]
            self._flat_op = next((FLAT_OPS[op] for op in ops if op in FLAT_OPS), "")

    def after_backward(self, root: Tensor, leaves: list[Leaf]) -> None:
        if self._flat < 0 or not self._losses or not any(leaf.in_module for leaf in leaves):
            return
        loss = self._losses[-1]
        grads = [p._grad for leaf in leaves if not leaf.frozen and (p := leaf.ref()) is not None and p._grad is not None]
        if loss == 0 or not math.isfinite(loss) or not grads or any(g._data.any() for g in grads):
            self._flat = -1
            return
        self._flat += 1
        if self._flat == FLAT_STEPS:
            self._flat = -1
            if self.report.findings:
                return
            cause = translate("{op} has slope 0 everywhere").format(op=self._flat_op) if self._flat_op else ""
            self.found(
                "zero-slope",
                loss=loss,
                cause=cause or translate("units of the model are dead, or weights of 0 block the gradient"),
                do=translate("compute the loss from the values before this op")
                if self._flat_op
                else translate("use other initial weights, such as PyTorch's default, or leaky_relu instead of relu"),
            )

    def _look_at_classes(self, out: Tensor) -> None:
        if not self._losses and out.ndim == 0 and out._params["scale"] == 1 / max(1, np.size(out._params["target"])):
            self._classes = out._inputs[0].shape[1]

    # --- the steps ---

    def before_update(self, optimizer: Optimizer, params: list[Any]) -> None:
        if self._optimizer is None:
            self._optimizer = weakref.ref(optimizer)
        self._several = self._several or self._optimizer() is not optimizer  # also if the first one no longer exists
        if self._several:
            return
        used = [p for p in params if p._grad is not None]
        if len(self._signals) < FLAT_STEPS:
            self._look_at_depth([p for p in used if p.ndim > 1])
        self._before = [(p, _sample(p._data).copy()) for p in used]
        for p, start in self._before:
            self._start.setdefault(id(p), (weakref.ref(p), start))
        loss = abs(self._losses[-1]) if self._losses else 0.0
        grads = _norm([_sample(p._grad._data) for p in used])
        self._signals.append(grads * _norm([start for _, start in self._before]) / loss if loss else 0.0)

    def before_step(self, optimizer: Optimizer, params: list[Any], closure: bool) -> None:
        self._several = self._several or closure
        if not self._ratios:
            self._line = find_user_line()
            self._rate = largest_rate(optimizer)

    def after_step(self, optimizer: Optimizer, params: list[Any]) -> None:
        if self._several:
            return
        moved = _norm([_sample(p._data) - start for p, start in self._before])
        size = _norm([start for _, start in self._before])
        self._sizes.append(size)
        self._ratios.append(moved / size if size >= self._sizes[0] > 0 else 0.0)  # relative to weights of 0, any step is long

    def _look_at_depth(self, weights: list[Any]) -> None:
        """Compare the gradients of the first and the last weights."""
        sizes = [(p, _norm([_sample(p._grad._data)]), _norm([_sample(p._data)])) for p in weights]
        slopes = [(p, g / w) for p, g, w in sizes if g > 0 and w > 0]
        if len(slopes) < max(LAYERS, len(weights)):
            return
        (first, a), (last, b) = slopes[0], slopes[-1]
        self._vanished += a < VANISHING * b
        if self._vanished == FLAT_STEPS:
            self.found("vanishing-gradient", ratio=a / b, first=self.leaves.know(first).name, last=self.leaves.know(last).name)

    def ended(self) -> None:
        losses = np.array(self._losses)
        if (
            self.report.findings
            or self._several
            or min(len(losses), len(self._signals)) < STEPS
            or not np.isfinite(losses).all()
        ):
            return
        first, last = losses[0], losses[-(len(losses) // 4) :].mean()
        longest = max(self._ratios, default=0.0)
        if longest > 1 and last >= first:  # False for nan
            self.found("rate-too-large", self._line, lr=self._rate, ratio=longest, first=first, last=last)
        elif losses.min() > 0 and last > ROSE * losses[: STEPS // 2].max():  # the first loss may be small by chance
            self.found("loss-rose", self._line, first=first, last=last, n=len(self._signals))
        guess = math.log(self._classes) if self._classes > 1 else math.inf
        if first > GUESSES * guess and last > guess:
            self.found("large-first-loss", self._line, first=first, classes=self._classes, guess=guess, last=last)
        pairs = [(p, start) for ref, start in self._start.values() if (p := ref()) is not None]
        size = _norm([start for _, start in pairs])
        change = _norm([_sample(p._data) - start for p, start in pairs]) / size if size else 1.0
        still = change < STILL and abs(losses[0] - last) <= UNCHANGED * abs(losses[0])
        if still and float(np.median(self._signals)) > SIGNAL:
            self.found("rate-too-small", self._line, lr=self._rate, n=len(self._signals), change=change, last=last)


def _sample(a: Any) -> Any:
    """Evenly spaced numbers of an array, fewer than 2 · SAMPLE; a view if the array is contiguous."""
    flat = a.reshape(-1)
    return flat[:: max(1, flat.size // SAMPLE)]


def _norm(parts: list[Any]) -> float:
    return math.sqrt(sum(float(np.dot(x, x)) for x in parts))
