"""Rules about updates without an optimizer, as in `w -= 0.1 * w.grad`: each needs a new gradient."""

from __future__ import annotations

import weakref
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ...._tensor import Tensor
from ....autograd.node import Node
from ..family import Family, Messages
from ..leaves import Leaf


@dataclass
class Seen:
    """A leaf and its gradient after a backward pass, with their sums: updating changes the first sum, clearing the second."""

    leaf: weakref.ref[Any]
    grad: weakref.ref[Any]
    sums: tuple[float, float]
    mixed: bool  # the gradient contains one from before an update

    def is_still_of(self, p: Any) -> bool:
        """Whether p is this leaf, and still has this gradient."""
        return self.leaf() is p is not None and self.grad() is p._grad is not None


class HandUpdateRules(Family):
    """Updates by hand that never clear the gradient."""

    messages: ClassVar[Messages] = {
        "grad-not-cleared": (
            "{name} was updated by hand, and backward() adds to the gradient from before the update, which is still in .grad",
            "clear it after each update, with .grad = None or .grad.zero_()",
        )
    }

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._seen: dict[int, Seen] = {}

    def before_backward(self, root: Tensor, nodes: list[Node], leaves: list[Leaf]) -> None:
        self._mixed: set[int] = set()
        for leaf in leaves:
            p: Any = leaf.ref()
            seen = self._seen.get(id(p))
            if leaf.owned or seen is None or not seen.is_still_of(p):
                continue
            value, grad = _sum(p), _sum(p._grad)
            if grad != seen.sums[1] or not p._grad._data.any():
                continue
            updated = value != seen.sums[0]
            if updated and seen.mixed:  # not the first time: in a GAN, one pass may come between update and clearing
                self.found("grad-not-cleared", name=leaf.name)
            if updated or seen.mixed:
                self._mixed.add(id(p))

    def after_backward(self, root: Tensor, leaves: list[Leaf]) -> None:
        for leaf in leaves:
            p = leaf.ref()
            if p is not None and p._grad is not None and not leaf.owned:
                sums = _sum(p), _sum(p._grad)
                self._seen[id(p)] = Seen(weakref.ref(p), weakref.ref(p._grad), sums, id(p) in self._mixed)


def _sum(x: Tensor) -> float:
    return float(np.sum(x._data, dtype=np.float64))
