"""Rules about evaluations: their outputs need no graph."""

from __future__ import annotations

import weakref
from typing import Any, ClassVar

from ..._tensor import Tensor
from ...autograd.node import Node
from ...autograd.user_line import find_user_line
from ...nn import Module
from ...optim import Optimizer
from .family import Family, Messages
from .leaves import Leaf

KEPT = 8  # outputs from between this many steps are kept on purpose


class EvaluationRules(Family):
    """Outputs that are kept with their graphs, and that no backward() ever uses."""

    messages: ClassVar[Messages] = {
        "recorded-evaluation": (
            "outputs from earlier steps are kept and never used by backward(), and each keeps a graph of the model alive",
            "evaluate inside `with no_grad():`",
        )
    }

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._steps = 0
        self._look = False  # at the lines of calls, once an output has been kept
        self._outputs: dict[int, tuple[weakref.ref[Any], int, tuple[str, int] | None]] = {}  # id -> output, step, line

    def returned(self, module: Module, output: Any) -> None:
        if isinstance(output, Tensor) and output._requires_grad and output._op is not None:
            self._outputs[id(output)] = weakref.ref(output), self._steps, find_user_line() if self._look else None

    def before_backward(self, root: Tensor, nodes: list[Node], leaves: list[Leaf]) -> None:
        for node in nodes:
            self._outputs.pop(id(node), None)

    def after_step(self, optimizer: Optimizer, params: list[Any]) -> None:
        self._outputs = {key: kept for key, kept in self._outputs.items() if kept[0]() is not None}
        old = [kept for kept in self._outputs.values() if kept[1] < self._steps]
        self._steps += 1
        self._look = bool(old)
        lines = [line for _, _, line in old if line is not None]
        if lines and len({step for _, step, _ in old}) >= KEPT:
            self.found("recorded-evaluation", lines[-1])
