"""Rules about graphs: each graph belongs to one step and should be released after it; evaluations need none."""

from __future__ import annotations

import weakref
from typing import Any, ClassVar

from ...._language import translate
from ...._tensor import Tensor
from ....autograd import mutation_clock
from ....autograd.node import Node
from ....autograd.past.versions import inputs_then
from ....autograd.user_line import find_user_line
from ....nn import Module
from ....optim import Optimizer
from ..family import Family, Messages
from ..leaves import Leaf

KEPT = 8  # this many live losses or outputs of earlier steps, or graphs retained in vain, are a mistake
SUMS = ("add", "multiply", "divide")  # the ops of a running sum or mean of losses
SUMMED = 3  # this many steps' losses in one tensor count as a running sum; two may be the two terms of one loss


class GraphRules(Family):
    """Losses from before the last step, repeated backward passes, and graphs that are kept alive."""

    messages: ClassVar[Messages] = {
        "old-graph": (
            "backward() was called on a loss that was computed before the last step(), so its gradients are those of old "
            "weights",
            "compute the loss again in every step",
        ),
        "carried-graph": (
            "the loss was computed after the last step(), but from a value (a hidden state?) that was computed before it, so "
            "backward() goes back through old weights",
            "cut such a value with detach(), as in hidden = hidden.detach(), or compute it again in every step",
        ),
        "backward-twice": (
            "backward() was called twice on the same loss, so its gradients were added twice",
            "call backward() once for each forward pass",
        ),
        "retained-graph": (
            "backward(retain_graph=True) kept the graphs of {n} losses, and no second backward() used them",
            "leave out retain_graph: it is only for several backward() calls through one graph",
        ),
        "kept-graph": (
            "losses of earlier steps are kept ({how}) as tensors, which may keep their graphs in memory",
            "keep the number, loss.item()",
        ),
    }

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.at_ops = dict.fromkeys(SUMS, self._look_at_sum)
        self._steps = 0
        self._roots: list[weakref.ref[Any]] = []
        self._last: weakref.ref[Any] | None = None  # the root of the last pass
        self._retained: set[tuple[int, int]] = set()  # ids and times of the last pass's nodes, if it kept its graph
        self._unused = 0  # consecutive graphs that were kept and not used
        self._retain = False

    def retaining(self, root: Tensor, nodes: list[Node]) -> None:
        self._retain = True

    def function(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], calls: list[Module]) -> None:
        if name == "grad":
            self._unused, self._retained = 0, set()  # autograd.grad may have used the graph

    def before_backward(self, root: Tensor, nodes: list[Node], leaves: list[Leaf]) -> None:
        keys = {(id(node), node._time) for node in nodes}
        if self._retained:
            self._unused = 0 if self._retained & keys else self._unused + 1
            if self._unused == KEPT:
                self.found("retained-graph", n=KEPT)
        again = self._last is not None and self._last() is root and root._data.size == 1
        if again and not self._retained and any(leaf.in_module for leaf in leaves):  # with retain_graph it is intended
            self.found("backward-twice")
        self._last = weakref.ref(root)
        self._retained, self._retain = keys if self._retain else set(), False
        times = ((self.leaves.last_step(x), node._time) for node in nodes for x in inputs_then(node) if isinstance(x, Tensor))
        stepped = max((step for step, time in times if step > time), default=0)
        if stepped:
            self.found("old-graph" if root._time < stepped else "carried-graph")
        self._roots = [ref for ref in self._roots if ref() is not None and ref() is not root]
        if len(self._roots) >= KEPT:
            self.found("kept-graph", how=translate("in a list"))
        self._roots.append(weakref.ref(root))
        root._losses = frozenset([(id(self), self._steps)])  # type: ignore[attr-defined]  # later versions of root keep it

    def after_step(self, optimizer: Optimizer, params: list[Any]) -> None:
        self._steps += 1
        now = mutation_clock.last_change
        for p in params:
            if p._grad is not None:
                self.leaves.know(p).stepped = now

    def _look_at_sum(self, out: Tensor) -> None:
        """Check whether a running sum or mean contains the losses of several steps."""
        held = frozenset().union(*(getattr(x, "_losses", ()) for x in out._inputs))
        if len(held) >= SUMMED:
            self.found("kept-graph", how=translate("in a running sum"))
        if held:
            out._losses = held  # type: ignore[attr-defined]  # as above


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
        self._look = False  # whether an output has been kept: only then are the lines of calls noted, which takes time
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
