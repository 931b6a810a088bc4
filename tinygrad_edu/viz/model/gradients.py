"""The gradients inside a graph, found by running its rules once more, without side effects.

`Tensor.backward` keeps only the gradients of leaves; a picture needs those of all nodes, and what each op sent to each input.
So this module runs the same rules again: no `.grad` changes, no hook runs. If a rule can no longer be run, because a value that
it reads was overwritten (for example by an optimizer step), the reason is recorded, and the other rules run.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..._tensor import Tensor
from ...autograd.backprop import pull_back
from ...autograd.functional import topological
from ...autograd.node import from_array
from ...autograd.past.lifetime import FREED
from ...autograd.past.stale_values import changed_since
from ...autograd.past.versions import inputs_then, sources
from .summary import Summary, summarize

FEW = 4  # maximum size of results whose local derivatives are kept


class Gradients:
    """d root / d node for every recorded result and leaf behind the roots; for several roots, that of their sum.

    arrived   id of a tensor -> the sum of the gradients that reached it
    sent      id of a result -> what its rule sent to each input, and the sum that had arrived there by then
    local     id of a small result -> for each input the local derivative, if it is computed element by element
    stale     id of a result -> which of the values that its rule reads was overwritten, other than by a step
    unknown   id of a tensor -> why its gradient cannot be determined
    """

    def __init__(self, roots: Sequence[Tensor], keep_sent: bool = False) -> None:
        self.arrived: dict[int, Any] = {}
        self.sent: dict[int, list[tuple[Summary, Summary] | None]] = {}
        self.local: dict[int, list[Summary | None]] = {}
        self.unknown: dict[int, str] = {}
        self.stale: dict[int, str] = {}
        roots = [root for root in roots if root._requires_grad and root._op is not FREED]
        for root in roots:
            if root._data.size != 1:
                self.unknown[id(root)] = (
                    "the gradient depends on the argument of backward(), because the result is not a single number"
                )
            else:
                self.arrived[id(root)] = np.ones_like(root._data)
        order, _ = topological(roots)
        with np.errstate(all="ignore"):
            for node in order:
                self._step(node, keep_sent)

    def _step(self, node: Any, keep_sent: bool) -> None:
        g = self.arrived.get(id(node))
        targets = sources(node)
        overwritten, by_step = _overwritten(node)
        if overwritten and not by_step:
            self.stale[id(node)] = overwritten
        reason = self.unknown.get(id(node)) or overwritten
        if reason or node._op is FREED:
            for x in targets:
                self.unknown.setdefault(id(x), reason)
                self.arrived.pop(id(x), None)
            return
        if g is None:
            return
        try:
            parts = _parts_sent(node, g)
        except Exception as error:  # a user's rule may fail: the picture shows the reason
            for x in targets:
                self.unknown.setdefault(id(x), f"the rule of {node._op.name} failed: {type(error).__name__}: {error}")
            return
        sent: list[tuple[Summary, Summary] | None] = []
        for x, part in zip(inputs_then(node), parts, strict=True):
            if part is not None and id(x) not in self.unknown:
                total = self.arrived[id(x)] = self.arrived[id(x)] + part if id(x) in self.arrived else part
                sent.append((summarize(part), summarize(total)) if keep_sent else None)
            else:
                sent.append(None)
        if keep_sent:
            self.sent[id(node)] = sent
            if 0 < node._data.size <= FEW:
                self.local[id(node)] = _local_derivatives(node)

    def of(self, x: Tensor, required: bool) -> tuple[Any, str]:
        """The gradient to show for x, and, if there is none although there should be, the reason.

        It is `.grad` for a leaf, which may be the sum of several backward passes, and otherwise the gradient in this graph.
        """
        if x._grad is not None and id(x) not in (self.arrived if x._op is not None else ()):
            return x._grad._data, ""  # a leaf's, or that of retain_grad() if it cannot be recomputed
        if x._op is None:
            return None, "no gradient has arrived" if required else ""
        return self.arrived.get(id(x)), self.unknown.get(id(x), "")


def _parts_sent(node: Any, g: Any) -> list[Any]:
    """The gradients that the rules of `node` send to its inputs, and None for inputs that need none.

    A copy of the result with leaves as inputs is differentiated: it has the op and the values of `node` and its inputs.
    """
    alone = from_array(node._data)
    alone._op, alone._params, alone._time = node._op, node._params, node._time
    wanted = {id(x) for x in sources(node)}
    leaves = []
    for x in inputs_then(node):
        leaf = from_array(x._data) if isinstance(x, Tensor) else x
        if id(x) in wanted:
            leaf._requires_grad = True
        leaves.append(leaf)
    alone._inputs = tuple(leaves)
    sums, _ = pull_back([alone], [g])
    return [sums.get(id(leaf)) for leaf in leaves]


def _local_derivatives(node: Any) -> list[Summary | None]:
    """For each input what the rule sends for a gradient of 1, if that is the local derivative, else None.

    It is the local derivative if the op works element by element: then the rule multiplies any gradient by it, which is tested
    with a second gradient.
    """
    trial = np.arange(1, node._data.size + 1, dtype=node._data.dtype).reshape(node._data.shape)
    units, products = _parts_sent(node, np.ones_like(trial)), _parts_sent(node, trial)
    return [
        summarize(unit) if unit is not None and unit.shape == trial.shape and _are_close(unit * trial, product) else None
        for unit, product in zip(units, products, strict=True)
    ]


def _are_close(a: Any, b: Any) -> bool:
    return bool(np.allclose(a, b, rtol=1e-3, atol=0, equal_nan=True))


def _overwritten(node: Any) -> tuple[str, bool]:
    """Why the rule of `node` can no longer be run, or "": a value that it reads was changed in place since.

    The second value is whether that is expected: a step changes parameters once they have their gradients.
    """
    found = changed_since(node) if node._op is not FREED else None
    if found is None:
        return "", False
    who, x = found
    while x._op is not None and getattr(base := inputs_then(x)[0], "_cell", None) is x._cell:
        x = base  # a view of a parameter, such as W.T, changes with it
    by_step = x._op is None and x._requires_grad and x._grad is not None
    how = "changed after the forward pass, for example by an optimizer" if by_step else "overwritten after the forward pass"
    return f"the rule of {node._op.name} reads {who}, which was {how}", by_step
