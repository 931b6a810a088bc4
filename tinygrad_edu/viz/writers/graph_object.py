"""Graph, which viz.graph returns: it can be printed, shown in a notebook, and saved in the format of a file's suffix."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from ..draw.drawing import Drawing
from ..model import selection
from ..model.graph_data import GraphData, Node
from ..render.document import fitted
from ..render.raster import paint
from . import dot, html, json, mermaid, svg, text
from .graph_difference import GraphDifference, difference

if TYPE_CHECKING:
    import graphviz

IN_NOTEBOOK = 1000  # nodes: a notebook containing the page of a larger graph would be slow to open

WRITERS: dict[str, Callable[[Drawing], str | bytes]] = {
    ".html": html.write,
    ".svg": svg.write,
    ".dot": dot.write,
    ".txt": text.write,
    ".mmd": mermaid.write,
    ".json": json.write,
    ".png": lambda graph: paint(svg.write(graph), "png"),
    ".pdf": lambda graph: paint(svg.write(graph), "pdf"),
}
"""Suffix -> the function that creates the content of the file."""


@dataclass(frozen=True, repr=False)
class Graph(Drawing):
    """A computation graph to print, show in a notebook, or save.

    nodes       in topological order; `nodes[i].id == i`
    has_grad    whether gradients are shown
    modules     path of a module -> its class
    unreached   parameters of the model that are not in the graph, so that no gradient reaches them; without a
                model, those known to be behind a cut, such as detach()

    The options of `graph()` are attributes too: direction, show, share, max_nodes, depth, color, engine; `with_options` returns
    the same graph with other options. `only` holds the ids to draw, None for all: `focus` and `path` set it.
    """

    @classmethod
    def of(cls, data: GraphData, **options: Any) -> Graph:
        """The graph of this data, with the given drawing options."""
        return cls(**{f.name: getattr(data, f.name) for f in fields(GraphData)}, **options)

    def __str__(self) -> str:
        return str(self._written(".txt"))

    def __repr__(self) -> str:
        return f"Graph({self.title})"

    def _written(self, suffix: str) -> str | bytes:
        """The content of a file with this suffix, one of those that `save` supports."""
        return WRITERS[suffix](self)

    def save(self, path: str | os.PathLike[str]) -> str:
        """Write the graph to a file in the format of its suffix, and return the path.

        .html    a page that steps forward and backward; one file, no network
        .svg     a picture, light or dark according to the viewer's setting
        .png     the same picture, painted with matplotlib (.pdf too); a small PNG has 2 × 2 pixels per SVG pixel, a large one 1
        .dot     for Graphviz; .mmd for Mermaid, as in Markdown
        .txt     what print() shows; .json everything known about each node

        The same graph gives the same bytes. Raises ValueError for another suffix, and ImportError if matplotlib is missing for
        .png or .pdf; then no file is written.

        >>> import tinygrad_edu as tg
        >>> tg.viz.graph(tg.tensor(1.0)).save("graph.bmp")
        Traceback (most recent call last):
        ValueError: Graph.save: 'graph.bmp' must end in one of .html, .svg, .dot, .txt, .mmd, .json, .png, .pdf
        """
        file = os.fspath(path)
        suffix = os.path.splitext(file)[1].lower()
        if suffix not in WRITERS:
            raise ValueError(f"Graph.save: {file!r} must end in one of {', '.join(WRITERS)}")
        content = self._written(suffix)
        data = content if isinstance(content, bytes) else content.encode()  # before the file is created
        with open(file, "wb") as out:
            out.write(data)
        return file

    def to_graphviz(self) -> graphviz.Digraph:
        """The graph as a `graphviz.Digraph`, to draw with Graphviz if it is installed."""
        return dot.digraph(self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        drawn = svg.write(self)
        page = html.frame(self) if len(self.nodes) <= IN_NOTEBOOK else fitted(drawn, self.title)
        return {"text/html": page, "image/svg+xml": drawn, "text/plain": str(self)}

    def find(self, pattern: str) -> list[Node]:
        """The nodes whose name, op, module or kind matches a shell pattern: `g.find("relu*")`."""
        return selection.find(self, pattern)

    def focus(self, node: int | str | Node, hops: int = 2) -> Graph:
        """The same graph, showing only the nodes up to `hops` edges from one, given as an id, a Node, or a pattern."""
        return replace(self, only=selection.focus(self, node, hops), refused=[])

    def path(self, a: int | str | Node, b: int | str | Node) -> Graph:
        """The same graph, showing only the paths between two nodes."""
        return replace(self, only=selection.path(self, a, b), refused=[])

    def diff(self, other: Graph) -> GraphDifference:
        """What changed from this graph to another one of the same model, such as that of a later step; largest change first.

        It prints as a list, and is a picture of the other graph in a notebook and in `.save("diff.svg")`: the larger the
        change, the stronger the color, with the numbers before and after.
        """
        if not isinstance(other, Drawing):
            raise TypeError(f"Graph.diff: expected another graph, as viz.graph(loss) returns, got {type(other).__name__}")
        return difference(self, other)
