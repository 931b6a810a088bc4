"""Rules about the gradients that a step uses: they must exist, and come from this step alone."""

from __future__ import annotations

import weakref
from typing import Any, ClassVar

from ...._tensor import Tensor
from ....autograd.node import Node
from ....optim import Optimizer
from ..family import Family, Messages
from ..leaves import Leaf


class GradientRules(Family):
    """A missing zero_grad(), one in the wrong place, or a step without gradients."""

    messages: ClassVar[Messages] = {
        "zero_grad": (
            "the gradients of the last step are still in .grad, and backward() adds to them",
            "call optimizer.zero_grad() once for every step()",
        ),
        "no-gradient": (
            "step() found no gradient at all, so no parameter changed",
            "call loss.backward() before it, and check that the optimizer has the parameters of the model that is trained",
        ),
        "zeroed-gradient": (
            "the gradients were cleared between backward() and step(), so step() used none of them",
            "call zero_grad() before loss.backward(), or after step()",
        ),
    }

    def before_backward(self, root: Tensor, nodes: list[Node], leaves: list[Leaf]) -> None:
        self.stale = [leaf for leaf in leaves if _has_old_gradient(leaf)]

    def after_backward(self, root: Tensor, leaves: list[Leaf]) -> None:
        for leaf in leaves:
            leaf.reached = is_not_zero(leaf.ref())
        for leaf in self.stale:
            leaf.dirty = weakref.ref(leaf.ref()._grad)  # type: ignore[union-attr]  # the graph holds the leaf

    def before_step(self, optimizer: Optimizer, params: list[Any], closure: bool) -> None:
        if closure:
            return
        if any(is_not_zero(p) for p in params):
            return
        if any(self.leaves.know(p).reached for p in params):
            self.found("zeroed-gradient")
        elif all(p._grad is None for p in params):
            self.found("no-gradient")

    def before_update(self, optimizer: Optimizer, params: list[Any]) -> None:
        for p in params:
            dirty = self.leaves.know(p).dirty
            if dirty is not None and dirty() is p._grad is not None:
                self.found("zero_grad")

    def after_step(self, optimizer: Optimizer, params: list[Any]) -> None:
        for p in params:
            leaf = self.leaves.know(p)
            leaf.dirty, leaf.reached = None, False
            if p._grad is not None:
                leaf.used = weakref.ref(p._grad)

    def zeroed(self, params: list[Any]) -> None:
        for leaf in self.leaves:
            leaf.dirty = None


def _has_old_gradient(leaf: Leaf) -> bool:
    """Whether .grad is still the one that the last step used, and not zero."""
    grad = None if leaf.used is None else leaf.used()
    p = leaf.ref()
    return grad is not None and p is not None and p._grad is grad and is_not_zero(p)


def is_not_zero(p: Any) -> bool:
    """Whether the tensor has a gradient that is not all zeros."""
    return p is not None and p._grad is not None and bool(p._grad._data.any())
