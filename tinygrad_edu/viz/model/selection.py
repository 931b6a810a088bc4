"""Selecting part of a graph, and comparing two graphs: find, focus, path, diff."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from fnmatch import fnmatchcase
from math import inf

from ..render.number_format import number, shape_text
from .graph_data import GraphData, Node
from .summary import Summary

Which = int | str | Node


def find(graph: GraphData, pattern: str) -> list[Node]:
    """The nodes whose name, op, module or kind matches a shell pattern, ignoring case."""
    wanted = pattern.lower()
    return [n for n in graph.nodes if any(fnmatchcase(w.lower(), wanted) for w in (n.name, n.op, n.module, n.kind) if w)]


def one(graph: GraphData, which: Which) -> int:
    """The id of a node given by its id, by the node itself, or by a pattern that matches only one node."""
    if isinstance(which, Node):
        which = which.id
    if isinstance(which, int):
        if not 0 <= which < len(graph.nodes):
            raise ValueError(f"Graph: node ids are 0 … {len(graph.nodes) - 1}, got {which}")
        return which
    found = find(graph, which)
    if len(found) != 1:
        if not found:
            raise ValueError(f"Graph: {which!r} matches no node: use a whole name, op, module or kind, or a pattern with *")
        some = ", ".join(f"#{n.id}" for n in found[:6]) + (", …" if len(found) > 6 else "")
        raise ValueError(f"Graph: {which!r} matches {len(found)} nodes ({some}); pass an id from graph.find({which!r})")
    return found[0].id


def focus(graph: GraphData, which: Which, hops: int) -> frozenset[int]:
    """The ids at most `hops` edges away from a node, in either direction."""
    if hops < 0:
        raise ValueError(f"Graph.focus: hops must be at least 0, got {hops}")
    users: dict[int, list[int]] = {}
    for node in graph.nodes:
        for i in node.inputs:
            users.setdefault(i, []).append(node.id)
    reached = {one(graph, which)}
    edge = set(reached)
    for _ in range(hops):
        edge = {j for i in edge for j in (*graph.nodes[i].inputs, *users.get(i, ()))} - reached
        reached |= edge
    return frozenset(reached | {i for r in reached for i in graph.nodes[r].inputs if graph.nodes[i].literal})


def path(graph: GraphData, a: Which, b: Which) -> frozenset[int]:
    """The ids on the paths between two nodes, given in either order."""
    start, end = sorted((one(graph, a), one(graph, b)))
    before = {end}
    for i in range(end, start, -1):
        if i in before:
            before |= set(graph.nodes[i].inputs)
    after = {start}
    for node in graph.nodes[start + 1 : end + 1]:
        if after & set(node.inputs):
            after.add(node.id)
    found = before & after
    if start not in found or end not in found:
        raise ValueError(f"Graph.path: no path leads from #{start} to #{end}")
    return frozenset(found | {i for r in found for i in graph.nodes[r].inputs if graph.nodes[i].literal})


# --- two graphs ---


@dataclass(frozen=True)
class Change:
    """One difference: a node (its id in each graph, None where it is missing), what differs, and how much."""

    node: int | None
    other: int | None
    what: str
    size: float  # relative; infinite where there is no ratio, as for a node in only one graph

    def __str__(self) -> str:
        return self.what


class Diff(tuple[Change, ...]):
    """The changes, largest first; prints the first twenty."""

    def __str__(self) -> str:
        lines = [str(change) for change in self[:20]] or ["the same"]
        return "\n".join([*lines, f"and {len(self) - 20} more"] if len(self) > 20 else lines)

    __repr__ = __str__


def diff(graph: GraphData, other: GraphData) -> Diff:
    """What changed from `graph` to `other`: added and removed nodes, shapes, values and gradients, largest change first."""
    ours, theirs = ([(n.kind, n.op, n.name) for n in g.nodes] for g in (graph, other))
    changes: list[Change] = []
    pairs: list[tuple[Node, Node]] = []
    same = ours == theirs  # nearly always: two steps of the same loop
    blocks = [("equal", 0, len(ours), 0, len(theirs))] if same else SequenceMatcher(None, ours, theirs, False).get_opcodes()
    for tag, i0, i1, j0, j1 in blocks:
        if tag == "equal":
            pairs += zip(graph.nodes[i0:i1], other.nodes[j0:j1], strict=True)
        else:
            changes += [
                Change(n.id, None, f"gone: #{n.id} {n.title}", float("inf")) for n in graph.nodes[i0:i1] if not n.literal
            ]
            changes += [
                Change(None, n.id, f"new: #{n.id} {n.title}", float("inf")) for n in other.nodes[j0:j1] if not n.literal
            ]
    for a, b in pairs:
        changes += _changes(a, b)
    return Diff(sorted(changes, key=lambda c: (-c.size, c.other if c.other is not None else -1)))


def _changes(a: Node, b: Node) -> Iterable[Change]:
    if (a.shape, a.dtype) != (b.shape, b.dtype):
        before, after = (f"{shape_text(n.shape) or 'a scalar'} {n.dtype}" for n in (a, b))
        yield Change(a.id, b.id, f"#{b.id} {b.title}: {before} -> {after}", float("inf"))
    pairs: Sequence[tuple[str, Summary | None, Summary | None]] = (("value", a.value, b.value), ("gradient", a.grad, b.grad))
    for word, old, new in pairs:
        if old == new:
            continue
        if old is None or new is None:
            yield Change(a.id, b.id, f"#{b.id} {b.title}: {word} {old or '–'} -> {new or '–'}", float("inf"))
            continue
        size = distance(old, new)
        share = f"  ({percent(size)})" if size < inf else ""
        yield Change(a.id, b.id, f"#{b.id} {b.title}: {word} {old} -> {new}{share}", size)


def percent(size: float) -> str:
    """A relative change as a percentage, rounded to a whole number from 10% on."""
    return f"{number(round(100 * size)) if size >= 0.1 else number(100 * size, 2)}%"


def distance(old: Summary, new: Summary) -> float:
    """The largest of the differences in norm, min, max and mean between two arrays, relative to the larger one.

    A norm is compared with the larger norm, the others with the larger root mean square. The result is infinite if the arrays
    differ in the number of NaN or Inf, or if one has no finite values.
    """
    if old.norm is None or new.norm is None or (old.nan, old.inf) != (new.nan, new.inf):
        return float("inf")
    parts = [(old.norm, new.norm), *((getattr(old, k), getattr(new, k)) for k in ("min", "max", "mean"))]
    scale = max(old.norm, new.norm) / max(old.size, 1) ** 0.5 or 1.0
    return float(max(abs(x - y) / (scale if k else scale * max(old.size, 1) ** 0.5) for k, (x, y) in enumerate(parts)))
