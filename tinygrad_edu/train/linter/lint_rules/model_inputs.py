"""Rules about what goes into a model: its scale, and whether its rows still belong to their targets."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from ...._tensor import Tensor
from ....autograd.node import Node
from ....autograd.user_line import find_user_line
from ....nn import Linear, Module
from ..family import Family, Messages
from ..fit_rows import row_hashes
from ..leaves import Leaf

LARGE = 100  # inputs of this size call for scaling
EXPLODED = 10  # a loss that rose to this many times the first one
FLAT = 0.02  # relative change between the last two quarters of the losses
STEPS = 20  # fewer losses show no trend


class InputRules(Family):
    """Inputs that make the loss explode, and inputs shuffled without their targets."""

    messages: ClassVar[Messages] = {
        "unscaled-inputs": (
            "inputs of size {size:.0f} made the loss rise from {first:.3g} to {worst:.3g}, and then it stayed at {last:.3g}",
            "scale each column to mean 0 and deviation 1, as with data.StandardScaler",
        ),
        "shuffled-inputs": (
            "the rows of the inputs are in another order than in the step before, and those of the targets are not",
            "shuffle both with the same permutation, as in X[order], y[order]",
        ),
    }

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.at_ops = {
            "cross_entropy": self._look_at_classes,
            "bce_with_logits": self._look_at_numbers,
            "bce": self._look_at_numbers,
            "mse": self._look_at_numbers,
        }
        self._input: Any = None  # the first one of this step
        self._before: tuple[Any, Any] | None = None  # hashes of the rows, targets
        self._size, self._line = 0.0, ("", 0)
        self._losses: list[float] = []

    def called(self, module: Module, args: tuple[Any, ...]) -> None:
        x = args[0] if args else None
        if not module.training or not isinstance(x, Tensor) or x._requires_grad or x.dtype.kind != "f" or x.ndim < 2:
            return
        if self._input is None:
            self._input = x._data
        if not self._size and isinstance(module, Linear) and x._data.size:
            columns = x._data.reshape(-1, x.shape[-1])
            self._size = float(np.max(np.abs(columns.mean(0)) + columns.std(0)))
            self._line = find_user_line()

    def before_backward(self, root: Tensor, nodes: list[Node], leaves: list[Leaf]) -> None:
        self._input = None
        if root._data.size == 1 and self._size > LARGE:
            self._losses.append(float(root._data.reshape(())))

    def _look_at_classes(self, out: Tensor) -> None:
        self._compare(out._params["target"])

    def _look_at_numbers(self, out: Tensor) -> None:
        target = out._inputs[1]
        self._compare(target._data if isinstance(target, Tensor) else target)

    def _compare(self, target: Any) -> None:
        x, y = self._input, target
        if x is None or np.ndim(y) == 0 or len(y) != len(x) or self.report.has("shuffled-inputs"):
            return
        rows, before = row_hashes(x), self._before
        self._before = rows, np.array(y)
        if before is None or len(before[0]) != len(rows) or not np.array_equal(before[1], y) or bool(np.all(y == y[:1])):
            return
        if not np.array_equal(before[0], rows) and np.array_equal(np.sort(before[0]), np.sort(rows)):
            self.found("shuffled-inputs")

    def ended(self) -> None:
        losses = np.array(self._losses)
        if len(losses) < STEPS:
            return
        quarter = len(losses) // 4
        third, last = losses[-2 * quarter : -quarter].mean(), losses[-quarter:].mean()
        first, worst = abs(losses[0]), losses.max()
        if worst > EXPLODED * first and abs(third - last) <= FLAT * abs(third):
            self.found("unscaled-inputs", self._line, size=self._size, first=losses[0], worst=worst, last=last)
