"""The computation graph as data: nodes recorded when `graph()` was called, without keeping any arrays.

It says nothing about drawing: `draw/` decides what to show of it, and `writers/` turns that into text or pictures.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from ..._wording import counted
from ..render.escape import escaped
from ..render.number_format import number, shape_text
from .following import Followed
from .summary import Summary
from .updates import Update

NODE_LENGTH = 160  # maximum number of characters in the repr of a node
MOST_OUTPUTS = 4  # maximum number of outputs named in a title


@dataclass(frozen=True, slots=True, repr=False)
class Node:
    """One tensor, number or array of the graph, as it was when `graph()` was called.

    id       position in topological order: inputs come before the ops that use them
    kind     "parameter" (a leaf that requires grad), "input" (another leaf), "constant" (a number or an array), "op", "output"
             (an op whose result was requested), "failed" (an op that raised)
    op       the primitive that computed it, "" for a leaf; `params` are its keyword arguments, as text
    name     the tensor's own `.name`, or else its path in the model, or else its key in `names=`
    module   the path of the module that it belongs to, "" if unknown
    grad     None if there is no gradient, or it is unknown; `note` gives the reason if something is unknown
    inputs   ids by argument position; the same id twice for x * x
    arguments, rules   the rules' names for the inputs, and what they send to each, as formulas ("g * b")
    sent     for each input the gradient sent to it, and the sum that had reached it by then
    local    for each input the local derivative, if the result is small and computed element by element
    details  properties that the summary does not contain, for `Graph.findings`
    followed  how this node depends on the followed element, if there is one
    update   what the optimizer's next step does to a parameter, if an optimizer was given
    order    the position of an op in the backward pass (0: the root), None for other nodes
    time     the seconds that its forward function took, None if viz.trace() did not record it
    source   file and line of the call: a path relative to the working directory, or, for a file elsewhere, its name alone
    """

    id: int
    kind: str
    value: Summary
    op: str = ""
    name: str = ""
    module: str = ""
    params: tuple[tuple[str, str], ...] = ()
    inputs: tuple[int, ...] = ()
    requires_grad: bool = False
    grad: Summary | None = None
    order: int | None = None
    time: float | None = None
    source: str = ""
    note: str = ""
    arguments: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    sent: tuple[tuple[Summary, Summary] | None, ...] = ()
    local: tuple[Summary | None, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)
    update: Update | None = None
    followed: Followed | None = None

    def __repr__(self) -> str:
        """On one line, because lists of nodes, as returned by `Graph.find`, are read at a prompt."""
        grad = f", grad {self.grad}" if self.grad is not None else ""
        return escaped(f"Node(#{self.id} {self.title}: {self.value}{grad})", "text", NODE_LENGTH)

    @property
    def shape(self) -> tuple[int, ...]:
        return self.value.shape

    @property
    def dtype(self) -> str:
        return self.value.dtype

    @property
    def bytes(self) -> int:
        return self.value.nbytes

    @property
    def is_leaf(self) -> bool:
        return not self.op

    @property
    def literal(self) -> bool:
        """Whether it is an unnamed scalar constant, such as the 2 in x ** 2."""
        return self.kind == "constant" and self.value.shape == () and not self.name

    @property
    def label(self) -> str:
        """Its name, or else its op, or else its value if it is a literal, or else its kind."""
        return self.name or self.op or (self.literal_text if self.literal else self.kind)

    @property
    def called(self) -> str:
        """The name, or, if there is none, the id: "#3"."""
        return self.name or f"#{self.id}"

    @property
    def title(self) -> str:
        """The label and the shape."""
        return f"{self.label} {shape_text(self.shape)}".strip()

    @property
    def place(self) -> str:
        """The source line without the folders of its file: `train.py:12`."""
        return re.split(r"[\\/]", self.source)[-1]

    @property
    def operands(self) -> tuple[int, ...]:
        """The inputs that are arguments: an op that raised may also have the op recorded before it as an input."""
        return tuple(i for i in self.inputs if i != self.details.get("after"))

    @property
    def literal_text(self) -> str:
        """A literal, with more digits than other values have: 1.00001 must not become 1."""
        return number(self.value.first[0], 7)


class Edge(NamedTuple):
    """An arrow of the graph: node `target` has node `source` in its `inputs`, at index `position`."""

    source: int
    target: int
    position: int


@dataclass(frozen=True)
class GraphData:
    """The nodes, and details about the whole graph.

    nodes       in topological order; `nodes[i].id == i`
    has_grad    whether gradients are known
    modules     path of a module -> its class
    unreached   parameters of the model that are not in the graph, so that no gradient reaches them; without a
                model, those known to be behind a cut, such as detach()
    cuts        for each cut that viz.trace() recorded: what was cut off and how, the cause, and which of the unreached
                parameters are behind it
    """

    nodes: tuple[Node, ...]
    has_grad: bool = False
    modules: Mapping[str, str] = field(default_factory=dict)
    unreached: tuple[str, ...] = ()
    cuts: tuple[tuple[str, str, tuple[str, ...]], ...] = ()

    def __len__(self) -> int:
        return len(self.nodes)

    def __iter__(self) -> Iterator[Node]:
        return iter(self.nodes)

    @property
    def root(self) -> Node:
        return self.nodes[-1]

    @cached_property
    def outputs(self) -> tuple[Node, ...]:
        """The requested results: the root, and, if there are several outputs, the others before it."""
        return tuple(n for n in self.nodes if n.kind == "output" and n is not self.root) + (self.root,)

    @property
    def edges(self) -> tuple[Edge, ...]:
        return tuple(Edge(source, node.id, i) for node in self.nodes for i, source in enumerate(node.inputs))

    @property
    def title(self) -> str:
        """The title: what the graph shows, and its size."""
        ops = [n for n in self.nodes if n.op]
        parameters = [n for n in self.nodes if n.kind == "parameter"]
        size = sum(n.value.size for n in parameters)
        labels = [escaped(n.label, "text", 60).strip() or n.kind for n in self.outputs[:MOST_OUTPUTS]]
        more = len(self.outputs) - len(labels)
        of = ", ".join(labels) + (f" and {more} more" if more else "")
        parts = [of, counted(len(ops), "op", spec=",")]
        if parameters:
            numbers = f" ({size:,} numbers)" if size != len(parameters) else ""
            parts.append(counted(len(parameters), "parameter", spec=",") + numbers)
        return " · ".join(parts)
