"""Rules about parameters: those with gradients should be updated, and those to be updated should get gradients."""

from __future__ import annotations

from typing import Any, ClassVar

from ...._tensor import Tensor
from ....autograd.user_line import find_user_line
from ....nn import Parameter
from ....optim import Optimizer
from ..family import Family, Messages
from ..leaves import Leaf

PATIENCE = 10  # steps of an optimizer before parameters count as left out; shorter blocks are judged at their end


class ParameterRules(Family):
    """Parameters that get gradients but are not updated, and those to be updated that get none."""

    messages: ClassVar[Messages] = {
        "not-in-optimizer": (
            "gradients are computed for {names}, but no optimizer uses them",
            "give the optimizer model.parameters(), or set requires_grad=False for parameters that are to stay fixed",
        ),
        "new-parameters": (
            "parameters of shape {shape} are created again in each forward pass, so what they learn is lost",
            "create the layer once, in __init__, and use it in forward()",
        ),
        "grad-of-a-result": (
            "the .grad of a result was read, but it is None: by default, only leaves, such as parameters, have a .grad",
            "keep the leaf and read its .grad: change it inside `with no_grad():` in place, as in w -= lr * w.grad; or call "
            "retain_grad() on the result",
        ),
        "never-reached": (
            "the loss does not depend on {names}, for which backward() never computed a gradient",
            "use every parameter in forward(), or remove it",
        ),
    }

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._steps: dict[int, int] = {}  # id(optimizer) -> number of steps
        self._line = ("", 0)  # the line of the last step()
        self._new: dict[tuple[int, ...], int] = {}  # shape -> number of parameters that were new at a step, and in no optimizer
        self._fresh: list[tuple[Leaf, tuple[int, ...]]] = []  # parameters first reached by the last pass

    def after_backward(self, root: Tensor, leaves: list[Leaf]) -> None:
        for leaf in leaves:
            leaf.backwards += 1
        new = [(leaf, leaf.ref()) for leaf in leaves if leaf.backwards == 1 and not leaf.frozen]
        self._fresh = [(leaf, p.shape) for leaf, p in new if isinstance(p, Parameter)]

    def read(self, tensor: Tensor) -> None:
        self._fresh = []  # gradients are used by hand
        if tensor._op is not None and tensor._grad is None:
            self.found("grad-of-a-result")

    def before_step(self, optimizer: Optimizer, params: list[Any], closure: bool) -> None:
        self._line = find_user_line()

    def after_step(self, optimizer: Optimizer, params: list[Any]) -> None:
        for p in params:
            leaf = self.leaves.know(p)
            leaf.owned = True
            leaf.has_grad = leaf.has_grad or p._grad is not None
        for shape in (shape for leaf, shape in self._fresh if not leaf.owned):
            self._new[shape] = self._new.get(shape, 0) + 1
            if self._new[shape] == PATIENCE:
                self.found("new-parameters", shape=shape)
        self._fresh = []
        self._steps[id(optimizer)] = count = self._steps.get(id(optimizer), 0) + 1
        if count == PATIENCE:
            self.ended()

    def ended(self) -> None:
        leaves = [leaf for leaf in self.leaves if not leaf.frozen]
        if not self._steps or not any(leaf.backwards for leaf in leaves):
            return
        # a leaf that two passes reached is a weight: an input that requires a gradient is usually a new tensor each time
        left_out = [leaf for leaf in leaves if not leaf.owned and leaf.backwards > 1]
        if not any(leaf.owned and leaf.in_module for leaf in self.leaves):  # an input is trained, not a model
            left_out = [leaf for leaf in left_out if not leaf.in_module]
        self._name_all("not-in-optimizer", [leaf.name for leaf in left_out])
        if not (self.report.has("no-gradient") or self.report.has("zeroed-gradient")):  # these rules have reported it already
            self._name_all("never-reached", [leaf.name for leaf in leaves if leaf.owned and not leaf.has_grad])

    def _name_all(self, rule: str, names: list[str]) -> None:
        if names:
            shown = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
            self.found(rule, self._line, names=shown)
