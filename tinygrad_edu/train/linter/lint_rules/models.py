"""Rules about the model: layers without an activation between them, units that stay equal, layers that are not frozen."""

from __future__ import annotations

import itertools
import math
import weakref
from typing import Any, ClassVar

from ...._tensor import Tensor
from ....autograd.node import Node
from ....autograd.past.versions import inputs_then
from ....nn import Module, ModuleList, Sequential
from ....optim import Optimizer
from ..family import Family, Messages
from ..leaves import Leaf

STEPS = 3  # the first steps, in all of which the units must be equal
LARGEST = 1_000_000  # the units of larger weights are not compared
LINEAR = ("reshape", "permute", "index", "add", "subtract", "negative", "cat", "pad", "cast", "mean", "sum", "avg_pool")
PRODUCTS = ("linear", "matmul", "conv")
SWITCHES = ("requires_grad", "require_grad", "requires_gradient", "trainable")  # attributes that have no effect on a Module


class ModelRules(Family):
    """Layers that together are one linear function, one layer repeated, equal units, and parameters that should be frozen."""

    messages: ClassVar[Messages] = {
        "no-activation": (
            "{n} layers follow each other with no activation between them, so together they are one linear function",
            "put a nonlinearity between them, as in nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 2))",
        ),
        "equal-units": (
            "all {n} units of {name} have identical weights and identical gradients, so they stay equal and do the work of one",
            "start from random weights: keep the layer's own initialization, or nn.init.xavier_uniform_",
        ),
        "repeated-layer": (
            "{name} contains the same {kind} {n} times, with the same weights: it is one layer, not {n}",
            "create each one separately: nn.ModuleList(nn.Linear(8, 8) for _ in range(3)), or copy.deepcopy(layer)",
        ),
        "not-frozen": (
            "{name} = False sets an attribute of {kind} that has no effect: its parameters still learn",
            "call requires_grad_(False) on the module, which freezes its parameters",
        ),
    }

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._equal: dict[int, int] = {}  # id of a weight -> number of steps in which its units were equal
        self._passes = 0  # number of backward passes whose graphs were examined
        self._owners: dict[int, int] = {}  # id of a parameter -> id of the optimizer that steps it
        self._modules: weakref.WeakSet[Module] = weakref.WeakSet()
        self._steps = 0

    def entered(self, model: Module, args: tuple[Any, ...]) -> None:
        self._modules.add(model)

    # --- the graph of the first losses ---

    def before_backward(self, root: Tensor, nodes: list[Node], leaves: list[Leaf]) -> None:
        if self._owners and self._passes < STEPS:
            self._passes += 1
            layers = linear_layers(nodes, self._owners)
            if layers:
                self.found("no-activation", n=layers)

    # --- the weights ---

    def before_step(self, optimizer: Optimizer, params: list[Any], closure: bool) -> None:
        self._steps += 1
        if self._steps == 1:
            self._look_at_switches({id(p) for p in params})
        if closure or self._steps > STEPS:
            return
        self._owners |= {id(p): id(optimizer) for p in params}
        for p in params:
            if p.ndim < 2 or p.shape[0] < 2 or p._grad is None or p._data.size > LARGEST:
                continue
            if not (_rows_are_equal(p._data) and _rows_are_equal(p._grad._data)):
                continue
            self._equal[id(p)] = count = self._equal.get(id(p), 0) + 1
            leaf = self.leaves.know(p)
            if count == STEPS and leaf.in_module:
                self.found("equal-units", n=p.shape[0], name=leaf.name)

    def _look_at_repeats(self, path: str, module: Module) -> None:
        part, n = _repeats(module) if isinstance(module, (Sequential, ModuleList)) else (module, 0)
        if n > 1:
            self.found("repeated-layer", name=path or type(module).__name__, kind=type(part).__name__, n=n)

    def _look_at_switches(self, stepped: set[int]) -> None:
        """Look for repeated layers, and for modules with `requires_grad = False` whose parameters are stepped."""
        for model in list(self._modules):
            for path, module in model.named_modules():
                self._look_at_repeats(path, module)
                for switch in SWITCHES:
                    if module.__dict__.get(switch) is False and any(
                        p._requires_grad and id(p) in stepped for p in module.parameters()
                    ):
                        name = f"{path}.{switch}" if path else switch
                        self.found("not-frozen", name=name, kind=type(module).__name__)


def _repeats(module: Module) -> tuple[Module, int]:
    """The part with parameters that follows itself, as in [layer] * 3, and how often the container has it; 0 if none does."""
    parts = list(module._modules.values())
    for part, following in itertools.pairwise(parts):
        if part is following and next(iter(part.parameters()), None) is not None:
            return part, sum(p is part for p in parts)
    return module, 0


def _rows_are_equal(a: Any) -> bool:
    return bool((a[1:] == a[:1]).all())


def linear_layers(nodes: list[Node], owners: dict[int, int]) -> int:
    """The number of layers of a model that is one linear function of its input though it has several layers; 0 for others.

    A layer is a product with a weight that has an owner (its optimizer); a pair of layers counts if their owner is the same. A
    narrow layer between two wide ones limits the rank, which may be intended: such a pair does not count.
    """
    came_from: dict[int, tuple[int, int]] = {}  # id of a result linear in the data -> size of its last layer's input, owner
    curved: set[int] = set()  # ids of results after a nonlinearity
    layers, pairs = 0, 0
    for node in sorted(nodes, key=lambda node: node._time):
        op = node._op.name  # type: ignore[union-attr]  # nodes of a graph are recorded
        inputs = [x for x in inputs_then(node) if isinstance(x, Tensor)]
        if op.startswith(PRODUCTS) and len(inputs) > 1 and id(inputs[1]) in owners and id(inputs[0]) not in owners:
            x, weight = inputs[0], inputs[1]
            if id(x) in curved:
                return 0
            shape = weight.shape[::-1] if op == "matmul" else weight.shape
            into, out, owner = math.prod(shape[1:]), shape[0], owners[id(weight)]
            before, its_owner = came_from.get(id(x), (math.inf, 0))
            layers += 1
            pairs += its_owner == owner and into >= min(before, out)
            came_from[id(node)] = into, owner
        elif not op.startswith(LINEAR) or any(id(x) in curved for x in inputs):
            curved.add(id(node))
        else:
            held = [came_from[id(x)] for x in inputs if id(x) in came_from]
            came_from |= {id(node): held[0]} if held else {}
    return layers if pairs else 0
