"""What changed between two graphs, as a list and as a picture."""

from __future__ import annotations

import math
import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..model import selection
from ..model.graph_data import Node
from ..model.summary import Summary
from . import svg

if TYPE_CHECKING:
    from .graph_object import Graph

LONGEST = 26  # maximum number of characters of "before → after"; longer changes are percentages, if they are finite
MOST_GONE = 8  # maximum number of removed nodes listed above the picture


class GraphDifference(selection.Diff):
    """The changes, largest first, and a picture: a tuple that prints its first twenty items.

    graph  the second graph, with its boxes colored by how much they changed; it has `save`, `focus` and so on

    >>> import tinygrad_edu as tg
    >>> w = tg.tensor(2.0, requires_grad=True)
    >>> before = tg.viz.graph(w * 3)
    >>> with tg.no_grad():
    ...     _ = w.mul_(1.5)
    >>> print(before.diff(tg.viz.graph(w * 3)))
    #0 parameter: value 2 -> 3  (33%)
    #2 multiply: value 6 -> 9  (33%)
    """

    graph: Graph

    @property
    def svg(self) -> str:
        """The picture, as SVG text."""
        return svg.write(self.graph)

    def save(self, path: str | os.PathLike[str]) -> str:
        """Write the picture in the format of the suffix, as Graph.save does, and return the path."""
        return self.graph.save(path)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return self.graph._repr_mimebundle_() | {"text/plain": str(self)}


def difference(first: Graph, second: Graph) -> GraphDifference:
    """The changes from the first graph to the second, with a picture of the second."""
    found = GraphDifference(selection.diff(first, second))
    sizes: dict[int, float] = {}
    partner: dict[int, int] = {}
    new: set[int] = set()
    for change in found:
        if change.other is None:
            continue
        if change.node is None:
            new.add(change.other)
        else:
            partner[change.other] = change.node
        sizes[change.other] = max(sizes.get(change.other, 0.0), change.size)
    finite = max((size for size in sizes.values() if math.isfinite(size)), default=1.0)
    sizes = {k: min(size, finite) for k, size in sizes.items()}  # an infinite change gets the color of the largest finite one
    nodes = []
    for node in second.nodes:
        details = dict(node.details)
        if node.id in sizes:
            details["change"] = sizes[node.id]
        if node.id in new:
            details["before"] = ("new: ", "")
        elif node.id in partner:
            old = first.nodes[partner[node.id]]
            details["before"] = (_before(old.value, node.value), _before(old.grad, node.grad))
        nodes.append(replace(node, details=details))
    gone = [first.nodes[change.node] for change in found if change.other is None and change.node is not None]
    remarks = (f"Changes since {first.title}: before → after, or the relative change in parentheses", *_gone(gone))
    found.graph = replace(second, nodes=tuple(nodes), color="change", remarks=remarks, refused=[])
    return found


def _before(old: Summary | None, new: Summary | None) -> str:
    """The text before the new value: "old → ", or, if that is too long, the relative change in percent, if it is finite."""
    if old == new:
        return ""
    text = "–" if old is None else str(old)
    if len(f"{text} → {new}") <= LONGEST or old is None or new is None:
        return f"{text} → "
    size = selection.distance(old, new)
    return f"({selection.percent(size)}) " if math.isfinite(size) else f"{text} → "


def _gone(gone: list[Node]) -> list[str]:
    named = ", ".join(f"#{node.id} {node.title}" for node in gone[:MOST_GONE])
    more = f", and {len(gone) - MOST_GONE} more" if len(gone) > MOST_GONE else ""
    return [f"Gone: {named}{more}"] if gone else []
