"""Rules about what comes last in a model, before the loss: softmax along the batch, dropout, relu, too small a range."""

from __future__ import annotations

import weakref
from typing import Any, ClassVar

import numpy as np

from ...._tensor import Tensor
from ....autograd.past.versions import inputs_then
from ....autograd.user_line import find_user_line
from ....nn import Module
from ....nn.layers.dropout import Dropout
from ..family import Family, Messages

SOFTMAX = ("softmax", "log_softmax")
KEEP_ORDER = ("log", "clip", "where", "maximum")  # element-wise ops that may come between a softmax and the loss
RANGES = {"sigmoid": (0.0, 1.0), "tanh": (-1.0, 1.0), "relu": (0.0, np.inf), "softmax": (0.0, 1.0)}
OUTSIDE = 0.05  # up to this fraction of the targets may be out of reach
ROWS = 8  # fewer rows show nothing


class LastLayerRules(Family):
    """Last operations of a model that do not suit the loss or the targets."""

    messages: ClassVar[Messages] = {
        "softmax-axis": (
            "{op} with dim={axis} ran over an axis that is not the class axis (dim={classes}), so samples compete "
            "with each other",
            "use dim={classes}; for (N, classes) that is also dim=-1",
        ),
        "relu-last": (
            "{loss} takes logits of either sign, but it was given the output of a relu, which is never negative",
            "remove that activation: the last layer of a classifier is linear",
        ),
        "softmax-of-samples": (
            "a softmax over dim=0 of the model's output (samples, classes) makes the samples compete with each other",
            "use dim=1, or dim=-1",
        ),
        "argmax-of-samples": (
            "argmax over dim=0 of the model's output {shape} names a sample for each class, not a class for each sample",
            "use argmax(dim=1), or dim=-1",
        ),
        "zero-one-labels": (
            "a margin loss multiplies outputs and labels, and the labels are 0 and 1, so rows with label 0 have no effect",
            "use labels -1 and 1: 2 * labels - 1",
        ),
        "dropout-last": (
            "a loss was given the output of a dropout layer, so in training some outputs are 0 by chance and the others larger",
            "use dropout between layers, not after the last one",
        ),
        "target-range": (
            "the model ends in {op}, whose outputs are between {low:g} and {high:g}, but the targets range from {least:.3g} to "
            "{most:.3g}, so it cannot reach all of them",
            "end in a linear layer, or scale the targets to that range",
        ),
    }

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.at_ops = {
            "mse": self._look_at_pair,
            "subtract": self._look_at_pair,
            "multiply": self._look_at_pair,
            "index": self._look_at_index,
            "cross_entropy": self._look_at_logits,
            "bce_with_logits": self._look_at_logits,
            "bce": self._look_at_dropout,
            "clip": self._look_at_margin,
            "relu": self._look_at_margin,
            "maximum": self._look_at_margin,
            "softplus": self._look_at_margin,
        }
        self.at_cuts = {"softmax": self._look_at_shown, "": self._look_at_shown}
        self._output: weakref.ref[Any] | None = None  # the last output that a model computed without a graph
        self._dropped: tuple[weakref.ref[Any], tuple[str, int]] | None = None

    def returned(self, module: Module, output: Any) -> None:
        if isinstance(module, Dropout) and module.training and module.p > 0 and isinstance(output, Tensor):
            self._dropped = weakref.ref(output), find_user_line()

    def left(self, model: Module, output: Any) -> None:
        self._output = weakref.ref(output) if isinstance(output, Tensor) and not output._requires_grad else None

    def _look_at_shown(self, out: Tensor, inputs: tuple[Any, ...]) -> None:
        """Look at a softmax or argmax of a model's output in an evaluation."""
        x = inputs[0] if inputs else None
        if self._output is None or self._output() is not x or not isinstance(x, Tensor) or x.ndim != 2:
            return
        samples, classes = x.shape
        if min(samples, classes) < 2 or samples < ROWS or samples <= classes:
            return
        if out.dtype.kind == "i" and out.shape == (classes,):
            self.found("argmax-of-samples", shape=(samples, classes))
        elif out.dtype.kind == "f" and np.allclose(out._data.sum(axis=0), 1, atol=1e-3):
            self.found("softmax-of-samples")

    def _look_at_margin(self, out: Tensor) -> None:
        """Look at max(1 − label · output, 0), and at log(1 + exp(−label · output))."""
        x = out._inputs[0]
        for _ in range(2):  # back through 1 − m and −m
            if isinstance(x, Tensor) and x._op is not None and x._op.name in ("subtract", "negative", "add"):
                x = next((i for i in inputs_then(x) if isinstance(i, Tensor) and i._requires_grad), None)
        if x is out._inputs[0] or not isinstance(x, Tensor) or x._op is None or x._op.name != "multiply":
            return
        for label, score in (inputs_then(x), inputs_then(x)[::-1]):
            known = isinstance(label, Tensor) and not label._requires_grad and label.shape == np.shape(score)
            learned = getattr(score, "_requires_grad", False)
            if known and learned and label._data.size >= ROWS and np.array_equal(np.unique(label._data), [0, 1]):
                self.found("zero-one-labels")

    def _look_at_dropout(self, out: Tensor) -> None:
        if self._dropped is not None and self._dropped[0]() is out._inputs[0]:
            self.found("dropout-last", self._dropped[1])

    def _look_at_logits(self, out: Tensor) -> None:
        self._look_at_dropout(out)
        x = out._inputs[0]
        if isinstance(x, Tensor) and x._op is not None and x._op.name == "relu" and x.ndim == 2:
            self.found("relu-last", loss="CrossEntropyLoss" if out._op.name == "cross_entropy" else "BCEWithLogitsLoss")  # type: ignore[union-attr]  # it was recorded

    def _look_at_pair(self, out: Tensor) -> None:
        """Look at an output and a target of the same shape."""
        if len(out._inputs) != 2 or np.shape(out._inputs[0]) != np.shape(out._inputs[1]):
            return
        for x, target in (out._inputs, out._inputs[::-1]):
            if isinstance(x, Tensor) and x._requires_grad and isinstance(target, Tensor) and not target._requires_grad:
                name = out._op.name  # type: ignore[union-attr]  # as above
                if name == "mse" or (name == "subtract" and x._op is not None and x._op.name != "softmax"):
                    self._look_at_range(x, target._data)
                if name == "mse":
                    self._look_at_dropout(out)
                self._look_at_axis(x, target._data)

    def _look_at_range(self, x: Tensor, target: Any) -> None:
        if x._op is None or x._op.name not in RANGES or target.size < ROWS:
            return
        low, high = RANGES[x._op.name]
        if np.mean((target < low) | (target > high)) > OUTSIDE:
            self.found("target-range", op=x._op.name, low=low, high=high, least=target.min(), most=target.max())

    def _look_at_axis(self, x: Tensor, target: Any) -> None:
        """Look for a softmax over axis 0 against targets whose rows are probabilities."""
        source = _softmax_of(x)
        if source is None or target.ndim != 2 or source.shape != x.shape or source._params.get("axis") not in (0, -2):
            return
        rows, columns = target.sum(axis=1), target.sum(axis=0)
        if target.min() >= 0 and np.allclose(rows, 1, atol=1e-3) and not np.allclose(columns, 1, atol=1e-3):
            self._wrong_axis(source, 1)

    def _look_at_index(self, out: Tensor) -> None:
        """Look for one number selected per row along axis 1, as in nll_loss, after a softmax over another axis."""
        key, x = out._params.get("key"), out._inputs[0]
        if not isinstance(x, Tensor) or not isinstance(key, tuple) or not all(isinstance(part, np.ndarray) for part in key[:2]):
            return
        source = _softmax_of(x)
        if source is None or source.shape != x.shape or not np.array_equal(np.unique(key[0]), np.arange(len(x._data))):
            return
        if source._params.get("axis", 1) % source.ndim != 1:
            self._wrong_axis(source, 1)

    def _wrong_axis(self, source: Tensor, classes: int) -> None:
        self.found("softmax-axis", op=source._op.name, axis=source._params["axis"], classes=classes)  # type: ignore[union-attr]  # as above


def _softmax_of(x: Tensor) -> Tensor | None:
    """The softmax or log_softmax from which x was computed with each element in its place; None if there is none."""
    while x._op is not None:
        if x._op.name in SOFTMAX:
            return x
        inputs = [i for i in inputs_then(x) if isinstance(i, Tensor) and i._requires_grad]
        same_shape = x._op.name in KEEP_ORDER or (x._op.name in ("reshape", "add") and inputs and inputs[0].shape == x.shape)
        if not same_shape or len(inputs) != 1:
            return None
        x = inputs[0]
    return None
