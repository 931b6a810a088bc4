"""Rules about what goes into a model: its scale, and whether its rows still belong to their targets."""

from __future__ import annotations

import itertools
from typing import Any, ClassVar

import numpy as np

from ...._tensor import Tensor
from ....autograd.node import Node, raw
from ....autograd.user_line import find_user_line
from ....nn import Linear, Module
from ..family import Family, Messages
from ..fit_rows import row_hashes
from ..leaves import Leaf

LARGE = 100  # inputs or targets of a larger magnitude call for scaling
EXPLODED = 10  # the loss exploded if it rose above this multiple of the first one
FLAT = 0.02  # the loss is flat if the means of its last two quarters differ by at most this, relatively
MOVED = 0.1  # targets have moved if more than this fraction of the rows have another one
ROWS = 4  # a smaller batch may have rows of one class by chance
BATCHES = 10  # fewer batches show no order
STEPS = 20  # fewer losses show no trend


class InputRules(Family):
    """Inputs and targets that need scaling, inputs shuffled without their targets, and batches of one class each."""

    messages: ClassVar[Messages] = {
        "unscaled-inputs": (
            "inputs of magnitude {size:.0f} made the loss rise from {first:.3g} to {worst:.3g}, "
            "and then it stayed at {last:.3g}",
            "scale each column to mean 0 and standard deviation 1, as with data.StandardScaler",
        ),
        "unscaled-targets": (
            "targets of magnitude {size:.3g} and outputs of magnitude {output:.2g}: "
            "the loss went only from {first:.3g} to {last:.3g}",
            "standardize the targets, as with data.StandardScaler, and scale the predictions back",
        ),
        "class-by-class": (
            "nearly every batch has rows of one class only, one class after the other: the rows are sorted by class",
            "use shuffle=True in the DataLoader, or shuffle the rows first",
        ),
        "shuffled-inputs": (
            "the rows of the inputs have other targets than in the previous step: "
            "one of the two was shuffled without the other",
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
        self._compared = False
        self._earlier: tuple[Any, Any] | None = None  # the rows and targets of the pass before targets last moved
        self._classes: list[Any] = []  # of each pass, the class of its rows, or None if there are several
        self._sizes: tuple[float, float] | None = None  # mean magnitudes of targets and outputs
        self._input: Any = None  # the model's last input since the last backward pass
        self._before: tuple[Any, Any] | None = None  # of the last pass, hashes of the rows and of the targets
        self._size, self._line = 0.0, ("", 0)
        self._losses: list[float] = []

    def entered(self, model: Module, args: tuple[Any, ...]) -> None:
        x = args[0] if args else None
        if model.training and isinstance(x, Tensor) and not x._requires_grad and x.dtype.kind == "f" and x.ndim > 1:
            self._input = x._data

    def called(self, module: Module, args: tuple[Any, ...]) -> None:
        x = args[0] if args else None
        if not module.training or not isinstance(x, Tensor) or x._requires_grad or x.dtype.kind != "f" or x.ndim < 2:
            return
        if not self._size and isinstance(module, Linear) and x._data.size:
            columns = x._data.reshape(-1, x.shape[-1])
            self._size = float(np.max(np.abs(columns.mean(0)) + columns.std(0)))
            self._line = find_user_line()

    def before_backward(self, root: Tensor, nodes: list[Node], leaves: list[Leaf]) -> None:
        self._input, self._compared = None, False
        if root._data.size == 1:
            self._losses.append(float(root._data.reshape(())))

    def _look_at_classes(self, out: Tensor) -> None:
        self._compare(out._params["target"])

    def _look_at_numbers(self, out: Tensor) -> None:
        output, target = (raw(x) for x in out._inputs)
        if out._op.name == "mse":  # type: ignore[union-attr]  # it was recorded
            self._sizes = float(np.mean(np.abs(target))), float(np.mean(np.abs(output)))
        self._compare(target)

    def _compare(self, target: Any) -> None:
        """Compare the targets of the rows with those in the previous pass."""
        x, y = self._input, target
        if x is None or np.ndim(y) == 0 or len(y) != len(x) or self._compared:
            return
        self._compared = True  # a second loss of this pass may have other targets
        if len(y) >= ROWS and np.size(y) == len(y):
            values = np.unique(y)
            self._classes.append(values[0] if len(values) == 1 else None)
        rows, targets = row_hashes(x), row_hashes(y)
        before, self._before = self._before, (rows, targets)
        if before is None or len(before[0]) != len(rows) or self.report.has("shuffled-inputs"):
            return
        order, order_before = np.argsort(rows), np.argsort(before[0])
        if not np.array_equal(rows[order], before[0][order_before]) or len(np.unique(rows)) < len(rows):
            return
        moved = np.mean(targets[order] != before[1][order_before]) > MOVED
        if moved and np.array_equal(np.sort(targets), np.sort(before[1])):
            # if two tasks alternate, the rows keep their order, and the targets are those of the pass before the last
            earlier, self._earlier = self._earlier, before
            new = earlier is not None and bool(np.mean(targets != earlier[1]) > MOVED)
            if new or not np.array_equal(rows, before[0]):
                self.found("shuffled-inputs")

    def ended(self) -> None:
        self._look_at_classes_of_batches()
        self._look_at_sizes()
        losses = np.array(self._losses)
        if len(losses) < STEPS or self._size <= LARGE:
            return
        quarter = len(losses) // 4
        third, last = losses[-2 * quarter : -quarter].mean(), losses[-quarter:].mean()
        first, worst = abs(losses[0]), losses.max()
        if worst > EXPLODED * first and abs(third - last) <= FLAT * abs(third):
            self.found("unscaled-inputs", self._line, size=self._size, first=losses[0], worst=worst, last=last)

    def _look_at_classes_of_batches(self) -> None:
        single = [c for c in self._classes if c is not None]
        if len(self._classes) < BATCHES or len(single) < 0.8 * len(self._classes) or len(set(single)) < 2:
            return
        if 3 * sum(a != b for a, b in itertools.pairwise(single)) <= len(single):  # a GAN's real and generated rows alternate
            self.found("class-by-class")

    def _look_at_sizes(self) -> None:
        losses = self._losses
        if self._sizes is None or len(losses) < STEPS or not np.isfinite(losses).all():
            return
        (size, output), last = self._sizes, float(np.mean(losses[-(len(losses) // 4) :]))
        if size > LARGE and output < size / 10 and last > losses[0] / 2:
            self.found("unscaled-targets", size=size, output=output, first=losses[0], last=last)
