"""Rules about tables of all pairs: (N,) with (N, 1), in a loss that multiplies them, or in an accuracy that compares them."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np

from ...._tensor import Tensor
from ....autograd.node import Node, raw
from ....autograd.past.versions import inputs_then
from ....autograd.user_line import find_user_line
from ....nn.diagnostics.findings import pairs_all
from ..family import Family, Messages
from ..leaves import Leaf

SUMMARIES = ("mean", "sum")
MIXES = ("matmul", "softmax", "log_softmax", "cumsum", "cumprod")  # ops that may keep the shape, but mix elements


class ProductRules(Family):
    """(N,) times (N, 1), as in a hand-written hinge loss, where the loss is the mean or sum of all elements of the table."""

    messages: ClassVar[Messages] = {
        "shapes-product": (
            "{a} times {b} broadcasts to ({n}, {n}): every target with every output, not {n} pairs",
            "write target.reshape(output.shape) or output.squeeze(1)",
        )
    }

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.at_ops = {"multiply": self._look_at_product}
        self._tables: dict[int, tuple[weakref.ref[Any], tuple[str, int]]] = {}  # id -> product, line

    def _look_at_product(self, out: Tensor) -> None:
        a, b = out._inputs
        if out.ndim != 2 or not pairs_all(np.shape(a), np.shape(b)):
            return
        outputs = [x for x in (a, b) if getattr(x, "_requires_grad", False)]
        if len(outputs) == 1 and outputs[0]._op is not None:  # a computed output and a target; a leaf is a weight
            self._tables[id(out)] = weakref.ref(out), find_user_line()

    def before_backward(self, root: Tensor, nodes: list[Node], leaves: list[Leaf]) -> None:
        if not self._tables:
            return
        for node in _averaged(root):
            ref, line = self._tables.get(id(node), (None, None))
            if ref is not None and ref() is node:
                a, b = (np.shape(x) for x in inputs_then(node))
                self.found("shapes-product", line, a=a, b=b, n=node.shape[0])
        self._tables.clear()


class ComparisonRules(Family):
    """(N,) compared with (N, 1), where the accuracy is the mean of all elements of the table."""

    messages: ClassVar[Messages] = {
        "shapes-comparison": (
            "{a} compared with {b} broadcasts to ({n}, {n}): every prediction with every label, not {n} pairs, so the accuracy "
            "is the mean of a table",
            "give both the same shape: labels.reshape(predictions.shape), or predictions.squeeze(1)",
        )
    }

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.at_cuts = {"": self._look_at_comparison, "cast": self._follow} | dict.fromkeys(SUMMARIES, self._look_at_summary)
        self._tables: dict[int, tuple[weakref.ref[Any], tuple[Any, Any], tuple[str, int]]] = {}

    def _look_at_comparison(self, out: Tensor, inputs: tuple[Any, ...]) -> None:
        if out.ndim != 2 or out.dtype.kind != "b" or len(inputs) != 2:
            return
        shapes = np.shape(inputs[0]), np.shape(inputs[1])
        if pairs_all(*shapes) and not row_with_column(*inputs):
            self._tables[id(out)] = weakref.ref(out), shapes, find_user_line()

    def _follow(self, out: Tensor, inputs: tuple[Any, ...]) -> None:
        known = self._tables.get(id(inputs[0]))
        if known is not None and known[0]() is inputs[0]:
            self._tables[id(out)] = weakref.ref(out), *known[1:]

    def _look_at_summary(self, out: Tensor, inputs: tuple[Any, ...]) -> None:
        known = self._tables.get(id(inputs[0]))
        if known is not None and known[0]() is inputs[0] and out.ndim == 0:
            _, (a, b), line = known
            self.found("shapes-comparison", line, a=a, b=b, n=a[0])
            self._tables.clear()


def _averaged(root: Tensor) -> Iterator[Tensor]:
    """The loss, and each result whose elements it averages or adds up, also through element-wise ops."""
    waiting, seen = [root], set()
    while waiting:
        node = waiting.pop()
        if id(node) in seen or node._op is None:
            continue
        seen.add(id(node))
        yield node
        if node._op.name not in MIXES:
            waiting += [x for x in inputs_then(node) if isinstance(x, Tensor) and (node.ndim == 0 or x.shape == node.shape)]


def row_with_column(a: Any, b: Any) -> bool:
    """Whether both hold the same numbers, as (N,) and (N, 1): then a table of all pairs is intended."""
    return bool(np.array_equal(np.ravel(raw(a)), np.ravel(raw(b))))
