"""Rules about the order of axes: view() where axes should be swapped, and sequences whose first axis is not time."""

from __future__ import annotations

import sys
import weakref
from typing import Any, ClassVar

import numpy as np

from ...._tensor import Tensor
from ....autograd.node import Node
from ....autograd.user_line import find_user_line, is_ours, outwards
from ....nn import Module
from ..family import Family, Messages
from ..leaves import Leaf

MACHINERY = ("autograd", "ops", "_tensor", "linter")  # folders of the code between a user's call of view() and this module


class LayoutRules(Family):
    """view() that mixes the numbers of different axes, and (N, T, features) where (T, N, features) is expected."""

    messages: ClassVar[Messages] = {
        "view-for-transpose": (
            "view() or reshape() from {a} to {b} keeps the order in memory, so the numbers of different axes are mixed",
            "swap axes with transpose(i, j) or permute(...){then}",
        ),
        "batch-first": (
            "{layer} with batch_first=False got {shape}, and read axis 0 as time; but there are {n} targets, one per entry of "
            "axis 0",
            "create it with batch_first=True, or pass x.transpose(0, 1)",
        ),
    }

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.at_ops = {
            "reshape": self._look_at_view,
            "cross_entropy": self._look_at_classes,
            "mse": self._look_at_numbers,
            "bce": self._look_at_numbers,
            "bce_with_logits": self._look_at_numbers,
            "subtract": self._look_at_numbers,
        }
        self.at_cuts = {"reshape": lambda out, inputs: self._look_at_view(out, inputs)}
        self._views: dict[int, tuple[weakref.ref[Any], tuple[Any, Any], tuple[str, int]]] = {}
        # the last layer with batch_first=False that was called since the last backward pass: its name, input shape and line
        self._sequences: tuple[str, tuple[int, ...], tuple[str, int]] | None = None

    def called(self, module: Module, args: tuple[Any, ...]) -> None:
        x = args[0] if args else None
        if not isinstance(x, Tensor):
            return
        for value in args if self._views else ():
            ref, (a, b), line = self._views.get(id(value), (None, ((), ()), ("", 0)))
            if ref is not None and ref() is value:
                self._mixed(a, b, line)
        if module.training and x.ndim == 3 and getattr(module, "batch_first", True) is False and 1 < x.shape[1] != x.shape[0]:
            self._sequences = type(module).__name__, x.shape, find_user_line()

    def before_backward(self, root: Tensor, nodes: list[Node], leaves: list[Leaf]) -> None:
        self._sequences = None
        self._views.clear()

    # --- view ---

    def _look_at_view(self, out: Tensor, inputs: tuple[Any, ...] | None = None) -> None:
        a, b = np.shape((inputs or out._inputs)[0]), out.shape
        if not mixes(a, b) or not called_by_user():
            return
        if out._requires_grad and len(a) > 2:
            self._mixed(a, b, find_user_line())
        else:
            self._views[id(out)] = weakref.ref(out), (a, b), find_user_line()

    def _mixed(self, a: Any, b: Any, line: tuple[str, int]) -> None:
        then = "" if len(a) == len(b) else f", then reshape{tuple(b)}"
        self.found("view-for-transpose", line, a=tuple(a), b=tuple(b), then=then)

    # --- batch_first ---

    def _look_at_classes(self, out: Tensor) -> None:
        self._look_at_target(np.shape(out._params["target"]))

    def _look_at_numbers(self, out: Tensor) -> None:
        a, b = out._inputs
        if getattr(a, "_requires_grad", False) != getattr(b, "_requires_grad", False) and np.shape(a) == np.shape(b):
            self._look_at_target(np.shape(a))

    def _look_at_target(self, shape: tuple[int, ...]) -> None:
        if self._sequences is None or not shape:
            return
        layer, given, line = self._sequences
        if shape[0] == given[0] and (len(shape) == 1 or shape[1] != given[1]):
            self.found("batch-first", line, layer=layer, shape=given, n=shape[0])


def mixes(a: tuple[int, ...], b: tuple[int, ...]) -> bool:
    """Whether a reshape from a to b is typical of view() used in place of transpose().

    >>> mixes((32, 10, 3), (32, 3, 10)), mixes((5, 8, 4), (8, 20)), mixes((8, 1, 4), (8, 4, 1)), mixes((8, 5, 4), (8, 20))
    (True, True, False, False)
    """
    old, new = [n for n in a if n != 1], [n for n in b if n != 1]
    if len(old) > 1 and old != new and sorted(old) == sorted(new):
        return True
    return len(a) == 3 and len(b) == 2 and b[0] == a[1] != a[0] and min(a) > 1 and b[1] == a[0] * a[2]


def called_by_user() -> bool:
    """Whether the user's code called the op, rather than a layer of this package."""
    for frame in outwards(sys._getframe(1)):
        if not is_ours(frame):
            return True
        if not any(f"/{folder}/" in frame.f_code.co_filename.replace("\\", "/") for folder in MACHINERY):
            return False
    return False
