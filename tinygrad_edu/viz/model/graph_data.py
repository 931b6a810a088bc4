"""The computation graph as data: nodes that were frozen when `graph()` was called, with no array kept.

A Graph knows nothing of how it looks: `view.py` decides what to show of it, and the writers turn that into text or pictures.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from ..render.escape import safe
from .summary import Summary, number, shape_text

if TYPE_CHECKING:
    import graphviz

    from ..diagnose.finding import Finding
    from .selection import Diff

SHOW = ("shape", "value", "grad")
NODE_LENGTH = 160  # characters of a node in a list
IN_NOTEBOOK = 1000  # a notebook with the page of a larger graph in it would be slow to open


@dataclass(frozen=True, slots=True, repr=False)
class Node:
    """One tensor, number or array of the graph, as it was when `graph()` was called.

    id       position in topological order: inputs come before results
    kind     "parameter" (a leaf that requires grad), "input", "constant", "op", "output" (the root), "failed" (it raised)
    op       the primitive that made it, "" for a leaf; `params` are its keyword arguments, as text
    name     the model's path of a parameter, the tensor's own `.name`, or the key in `names=`
    module   the path of the module it belongs to, "" where that is not known
    grad     None where there is no gradient, or none is known; `note` says why something is unknown
    inputs   ids by argument position; the same id twice for x * x
    arguments, rules   how the rules call the inputs, and what they send to each, as formulas ("g * b")
    sent     for each input the gradient sent to it, and the sum of what had reached it then
    facts    what else is known that a summary cannot tell, for `Graph.findings`
    order    when backward() reaches it (0: the root), None for what it does not reach
    time     seconds that its forward function took, None where viz.trace() did not see it
    source   its line, relative to the working directory; from elsewhere the file without folders: graphs are passed on
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
    facts: Mapping[str, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        """In one line: a list of nodes, as `Graph.find` gives it, is read at a prompt."""
        grad = f", grad {self.grad}" if self.grad is not None else ""
        return safe(f"Node(#{self.id} {self.said}: {self.value}{grad})", "text", NODE_LENGTH)

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
        """A number without axes written into an expression, as the 2 in x ** 2."""
        return self.kind == "constant" and self.value.shape == () and not self.name

    @property
    def label(self) -> str:
        """How a reader would call it: its name, its op, or what it is."""
        return self.name or self.op or (self.literal_text if self.literal else self.kind)

    @property
    def said(self) -> str:
        """The label and the shape."""
        return f"{self.label} {shape_text(self.shape)}".strip()

    @property
    def place(self) -> str:
        """The line of source without the folders of its file: `train.py:12`."""
        return re.split(r"[\\/]", self.source)[-1]

    @property
    def operands(self) -> tuple[int, ...]:
        """The inputs, without what only came before it: of an op that raised, that has an arrow to it, too."""
        return tuple(i for i in self.inputs if i != self.facts.get("after"))

    @property
    def literal_text(self) -> str:
        """A literal in more digits than a value gets: 1.00001 is not 1."""
        return number(self.value.first[0], 7)


class Edge(NamedTuple):
    """`source` is argument number `position` of `target`."""

    source: int
    target: int
    position: int


@dataclass(frozen=True)
class Graph:
    """A computation graph to look at: print it, show it in a notebook, or save it.

    nodes       in topological order; `nodes[i].id == i`
    has_grad    whether gradients are shown
    direction   "TB": inputs at the top, the result at the bottom; "LR": from left to right
    show        what a node says: any of "shape", "value", "grad"
    share       "ghost": a shared leaf is drawn at each use; "once": drawn once, with long edges
    color       what the colour of a box says: "role", "grad" (its norm), "value" (its range, max |x|), "bytes", "time",
                "order", "module"
    depth       an overview: modules of this depth are one box each, a run of the same ones is folded ("Linear, relu × 12")
    engine      "own", or "dot": Graphviz places the boxes, where it is installed and the graph is not too much for it
    modules     path of a module -> its class
    only        the ids to draw, None for all; `focus` and `path` set it
    refused     why the engine that was asked for did not draw, once it was asked: then it is not asked again
    unreached   parameters of the model that are not in the graph, so that no gradient reaches them
    max_nodes   above this many boxes a picture collapses modules, then folds repeated steps, then leaves out what is far away
    """

    nodes: tuple[Node, ...]
    has_grad: bool = False
    direction: str = "TB"
    show: tuple[str, ...] = SHOW
    share: str = "ghost"
    max_nodes: int = 400
    depth: int | None = None
    color: str = "role"
    engine: str = "own"
    modules: Mapping[str, str] = field(default_factory=dict)
    unreached: tuple[str, ...] = ()
    only: frozenset[int] | None = None
    refused: list[str] = field(default_factory=list, repr=False, compare=False)

    @property
    def root(self) -> Node:
        return self.nodes[-1]

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What looks wrong, most serious first: each with its node, why, and what to do."""
        from ..diagnose.detectors import find  # it needs Graph

        return find(self)

    @property
    def edges(self) -> tuple[Edge, ...]:
        return tuple(Edge(source, node.id, i) for node in self.nodes for i, source in enumerate(node.inputs))

    def __len__(self) -> int:
        return len(self.nodes)

    def __str__(self) -> str:
        return str(self._write("text"))

    def __repr__(self) -> str:
        return f"Graph({self.title})"

    @property
    def title(self) -> str:
        """What the graph is of, and how large it is."""
        ops = [n for n in self.nodes if n.op]
        parameters = [n for n in self.nodes if n.kind == "parameter"]
        size = sum(n.value.size for n in parameters)
        parts = [safe(self.root.label, "text", 60).strip() or self.root.kind, f"{len(ops):,} op{'s' * (len(ops) != 1)}"]
        if parameters:
            plural = "s" * (len(parameters) != 1)
            parts.append(f"{len(parameters):,} parameter{plural}" + (f" ({size:,} numbers)" if size != len(parameters) else ""))
        return " · ".join(parts)

    def _write(self, writer: str) -> Any:
        module, _, function = writer.partition(":")
        room = "render" if function else "writers"
        return getattr(import_module(f"...{room}.{module}", __name__), function or "write")(self)

    def save(self, path: str | os.PathLike[str]) -> str:
        """Write the graph to a file in the format that its suffix names, and return the path.

        .html    a page that steps forward and backward; one file, no network
        .svg     a picture, light or dark by the reader's own setting
        .png     the same painted by matplotlib, at most 16 million pixels; .pdf too
        .dot     for Graphviz; .mmd for Mermaid, as in Markdown
        .txt     what print() shows; .json all that is known of each node

        The same graph gives the same bytes. ValueError for another suffix, ImportError where .png or .pdf find no matplotlib;
        then no file is left.

        >>> import tinygrad_edu as tg
        >>> tg.viz.graph(tg.tensor(1.0)).save("graph.bmp")
        Traceback (most recent call last):
        ValueError: Graph.save: 'graph.bmp' must end in one of .html, .svg, .dot, .txt, .mmd, .json, .png, .pdf
        """
        file = os.fspath(path)
        suffix = os.path.splitext(file)[1].lower()
        if suffix not in WRITERS:
            raise ValueError(f"Graph.save: {file!r} must end in one of {', '.join(WRITERS)}")
        content = self._write(WRITERS[suffix])
        data = content if isinstance(content, bytes) else str(content).encode()  # before there is a file
        with open(file, "wb") as out:
            out.write(data)
        return file

    def to_graphviz(self) -> graphviz.Digraph:
        """The graph as a `graphviz.Digraph`, to draw with Graphviz where it is installed."""
        from ..writers.dot import digraph  # needs the graphviz package, which nothing else does

        return digraph(self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        from ..writers.html import frame

        drawn = {"image/svg+xml": self._write("svg"), "text/plain": str(self)}
        return {"text/html": frame(self), **drawn} if len(self.nodes) <= IN_NOTEBOOK else drawn

    def find(self, pattern: str) -> list[Node]:
        """The nodes whose name, op, module or kind matches a shell pattern: `g.find("relu*")`."""
        from . import selection as select

        return select.find(self, pattern)

    def focus(self, node: int | str | Node, hops: int = 2) -> Graph:
        """The same graph, drawn only up to `hops` edges around a node, given by id, by itself, or by a pattern."""
        from . import selection as select

        return replace(self, only=select.focus(self, node, hops), refused=[])

    def path(self, a: int | str | Node, b: int | str | Node) -> Graph:
        """The same graph, drawn only along the ways from one node to another."""
        from . import selection as select

        return replace(self, only=select.path(self, a, b), refused=[])

    def diff(self, other: Graph) -> Diff:
        """What changed from this graph to another one of the same model: two steps, two runs. Largest change first."""
        from . import selection as select

        return select.diff(self, other)

    def with_options(self, **options: Any) -> Graph:
        """The same graph drawn another way: direction, show, share, max_nodes, depth, color, engine."""
        return replace(self, **checked(**options), refused=[])


WRITERS = {
    ".html": "html",
    ".svg": "svg",
    ".dot": "dot",
    ".txt": "text",
    ".mmd": "mermaid",
    ".json": "json",
    ".png": "raster:png",
    ".pdf": "raster:pdf",
}
"""Suffix -> the module whose `write(graph)`, or other function, makes the file."""

_CHOICES = {
    "direction": ("TB", "LR"),
    "share": ("ghost", "once"),
    "engine": ("own", "dot"),
    "color": ("role", "grad", "value", "bytes", "time", "order", "module"),
}


def checked(**options: Any) -> dict[str, Any]:
    """The options of a drawing, or a ValueError that says what they can be."""
    for key, value in options.items():
        if key in _CHOICES and value not in _CHOICES[key]:
            raise ValueError(f"graph: {key} must be one of {', '.join(map(repr, _CHOICES[key]))}, got {value!r}")
    if "show" in options:
        show = options["show"] = tuple([options["show"]] if isinstance(options["show"], str) else options["show"])
        if not set(show) <= set(SHOW):
            raise ValueError(f"graph: show must name any of {', '.join(map(repr, SHOW))}, got {show!r}")
    if options.get("max_nodes", 1) < 1:
        raise ValueError(f"graph: max_nodes must be at least 1, got {options['max_nodes']!r}")
    depth = options.get("depth")
    if depth is not None and depth < 1:
        raise ValueError(f"graph: depth must be at least 1, or None for all, got {depth!r}")
    return options
