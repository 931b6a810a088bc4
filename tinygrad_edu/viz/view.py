"""What a picture shows of a Graph: boxes and arrows with their words, before anybody decides where they go.

One Graph has many views: numbers without axes are written into the op that uses them, a leaf with many uses is drawn at each
of them ("ghosts"), a graph with more than `max_nodes` boxes has its repeated steps folded, and what is then still too much is
left out, farthest from the result first, and counted. Every writer draws a View.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import NamedTuple

from .fold import Fold, folds
from .graph import Graph, Node
from .summary import Summary, number, shape_text

COMMUTATIVE = {"add", "multiply", "maximum", "minimum", "logaddexp", "equal", "not_equal"}
MANY_USES, FAR = 3, 8  # a leaf with more uses than this, or uses farther apart in steps, is drawn at each of them
LEFT_OUT = "left out"


@dataclass
class Box:
    """One box. `node` speaks for it (the last one, for a fold); `value` and `grad` are its lines, "" for none."""

    node: Node
    kind: str
    title: str
    detail: str = ""  # literals and keyword arguments
    shape: str = ""
    value: str = ""
    grad: str = ""
    members: tuple[int, ...] = ()
    times: int = 0  # repetitions of a fold
    ghost: bool = False
    bad: str = ""  # what is not finite
    inputs: list[Arrow] = field(default_factory=list)


class Arrow(NamedTuple):
    source: int  # index of a box
    label: str  # which argument it is, where the order matters


@dataclass
class View:
    """Boxes in topological order; the result is the last one."""

    graph: Graph
    boxes: list[Box]
    notes: list[str]


def view(graph: Graph) -> View:
    """Decide what to show of `graph`."""
    notes: list[str] = []
    nodes = graph.nodes
    shown = [n for n in nodes if not n.literal]
    found: list[Fold] = []
    if len(shown) > graph.max_nodes:
        found = folds(nodes)
        if found:
            times = sum(len(f.path) for f in found)
            notes.append(
                f"{times:,} of {sum(1 for n in nodes if n.op):,} ops are in repeated steps, drawn once with × how often"
            )
    folded = {m: f for f in found for m in f.members}
    kept = _nearest(graph, folded, notes)
    boxes: list[Box] = []
    where: dict[int, int] = {}  # id of a node -> index of its box
    for node in nodes:
        fold = folded.get(node.id)
        speaker = fold.path[-1] if fold else node.id
        if node.literal or speaker not in kept or node.id != speaker:
            continue
        box = _fold_box(graph, fold) if fold else _box(graph, node)
        sources = [(i, node, k) for k, i in enumerate(node.inputs)] if not fold else _entries(nodes, fold)
        box.inputs = _arrows(nodes, sources, where, boxes, ordered=not fold)
        for member in fold.members if fold else (node.id,):
            where[member] = len(boxes)
        boxes.append(box)
    return View(graph, _ghosts(boxes) if graph.share == "ghost" else boxes, notes)


def _entries(nodes: tuple[Node, ...], fold: Fold) -> list[tuple[int, Node, int]]:
    """What comes into a fold from outside, each source once."""
    inside = set(fold.members)
    sources = {i: nodes[m] for m in fold.members for i in nodes[m].inputs if i not in inside}
    return [(i, user, 0) for i, user in sources.items()]


def _arrows(
    nodes: tuple[Node, ...],
    sources: list[tuple[int, Node, int]],
    where: dict[int, int],
    boxes: list[Box],
    ordered: bool,
) -> list[Arrow]:
    arrows = []
    missing = 0
    for i, user, position in sources:
        if nodes[i].literal:
            continue
        if i not in where:
            missing += 1
            continue
        matters = ordered and user.op not in COMMUTATIVE and sum(1 for s, _, _ in sources if not nodes[s].literal) > 1
        arrows.append(Arrow(where[i], str(position + 1) if matters else ""))
    if missing:
        source = nodes[sources[0][0]]
        boxes.append(Box(source, LEFT_OUT, "…", detail=f"{missing} input{'s' * (missing > 1)} left out"))
        arrows.append(Arrow(len(boxes) - 1, ""))
    return arrows


def _nearest(graph: Graph, inside: dict[int, Fold], notes: list[str]) -> set[int]:
    """The ids (one for each box) to draw: all, or the `max_nodes` nearest to the result."""
    kept: dict[int, None] = {}
    queue = [graph.root.id]
    reached = set(queue)
    for i in queue:  # grows while it is walked: breadth first
        fold = inside.get(i)
        kept[i] = None
        for source, _, _ in [(s, None, 0) for s in graph.nodes[i].inputs] if fold is None else _entries(graph.nodes, fold):
            speaker = inside[source].path[-1] if source in inside else source
            if speaker not in reached and not graph.nodes[speaker].literal:
                reached.add(speaker)
                queue.append(speaker)
    if len(queue) <= graph.max_nodes:
        return set(queue)
    hidden = sum(len(inside[i].members) if i in inside else 1 for i in queue[graph.max_nodes :])
    notes.append(f"{hidden:,} nodes farthest from the result are left out; raise max_nodes ({graph.max_nodes}) to see them")
    return set(queue[: graph.max_nodes])


def _box(graph: Graph, node: Node) -> Box:
    literals = [graph.nodes[i] for i in node.inputs]
    parts = []
    if any(x.literal for x in literals):
        parts.append("(" + ", ".join(x.literal_text if x.literal else "·" for x in literals) + ")")
    parts += [f"{key}={value}" for key, value in node.params]
    title = f"{node.name} = {node.op}" if node.op and node.name else node.label
    box = Box(node, node.kind, title, " ".join(parts), members=(node.id,), bad=_bad(node))
    return _words(graph, box, str(node.value), "–" if node.grad is None else str(node.grad))


def _words(graph: Graph, box: Box, value: str, grad: str) -> Box:
    if "shape" in graph.show:
        box.shape = shape_text(box.node.shape)
        if box.node.dtype != "float32" and box.kind != "constant":
            box.shape = f"{box.shape} {box.node.dtype}".strip()
    if "value" in graph.show:
        box.value = value
    if "grad" in graph.show and graph.has_grad and box.kind != "constant":
        box.grad = grad
    return box


def _bad(node: Node) -> str:
    counts = {"NaN": node.value.nan, "Inf": node.value.inf}
    if node.grad is not None:
        counts |= {"NaN in the gradient": node.grad.nan, "Inf in the gradient": node.grad.inf}
    return ", ".join(label for label, count in counts.items() if count)


def _fold_box(graph: Graph, fold: Fold) -> Box:
    nodes = graph.nodes
    last = nodes[fold.path[-1]]
    words = [nodes[i].op for i in fold.pattern]
    title = ", ".join(words if len(words) <= 4 else [*words[:2], "…", words[-1]])
    leaves = [nodes[i] for i in fold.members if nodes[i].kind == "parameter"]
    detail = f"{len(leaves):,} parameters" if leaves else ""
    box = Box(last, "output" if last.kind == "output" else "fold", title, detail, members=fold.members, times=fold.times)
    box.bad = next(filter(None, (_bad(nodes[i]) for i in fold.members)), "")
    norms = [nodes[i].grad for i in fold.path]
    return _words(graph, box, f"at the end {last.value}", _span(norms))


def _span(grads: list[Summary | None]) -> str:
    norms = [g.norm for g in grads if g is not None and g.norm is not None]
    if not norms:
        return "–"
    return f"norm {number(norms[0])} … {number(norms[-1])}"


def _ghosts(boxes: list[Box]) -> list[Box]:
    """Draw a leaf with many uses, or with uses far apart, once more at each further use."""
    depth: list[int] = []
    uses: dict[int, list[int]] = {}
    for i, box in enumerate(boxes):
        depth.append(1 + max((depth[a.source] for a in box.inputs), default=-1))
        for source in dict.fromkeys(a.source for a in box.inputs):
            uses.setdefault(source, []).append(i)
    split = set()
    for source, users in uses.items():
        steps = [depth[u] for u in users]
        if not boxes[source].inputs and len(users) > 1 and (len(users) > MANY_USES or max(steps) - min(steps) > FAR):
            split.add(source)
    if not split:
        return boxes
    out: list[Box] = []
    index: dict[int, int] = {}
    drawn: set[int] = set()
    for i, box in enumerate(boxes):
        if i in split:
            continue
        copies: dict[int, int] = {}
        for a in box.inputs:
            if a.source in split and a.source not in copies:
                copies[a.source] = len(out)
                out.append(replace(boxes[a.source], ghost=a.source in drawn))
                drawn.add(a.source)
        box.inputs = [Arrow(copies.get(a.source, index.get(a.source, -1)), a.label) for a in box.inputs]
        index[i] = len(out)
        out.append(box)
    return out
