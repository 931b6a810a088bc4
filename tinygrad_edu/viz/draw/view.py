"""What a picture shows of a Graph: boxes, arrows and frames with their text, before they are laid out.

One Graph has many views: scalar constants are written into the op that uses them, a leaf with many uses is drawn at each
of them ("ghosts"), and modules are frames. With a `depth` the view is an overview: modules of that depth are single boxes, and
a run of equal ones is folded. Without one, loops are folded above a quarter of `max_nodes` boxes, and everything else is drawn
up to `max_nodes`: the modules of a larger graph are collapsed; if that does not help, or would show dozens of equal blocks, its
repeated steps are folded; and whatever still does not fit is left out, farthest from the result first, and counted. All
writers except the JSON writer draw a View.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container
from dataclasses import dataclass, replace

from ..._wording import counted
from ..model import module_paths
from ..model.graph_data import Node
from .boxes import LEFT_OUT, Arrow, Box, box_of_group, box_of_node
from .collapse import MANY_USES, Group, entries, groups, nearest
from .drawing import Drawing
from .nested import chain
from .node_words import argument_labels

COMMUTATIVE = {"add", "multiply", "maximum", "minimum", "logaddexp", "equal", "not_equal"}
FAR = 8  # a leaf whose uses are more than this many steps apart is drawn at each use
MOST_NUMBERS = 3  # maximum number of ids next to a box's title: those of nodes in it that findings refer to
MOST_REASONS = 3  # maximum number of notes that say why something is unknown; each node has its own reason in its tooltip


@dataclass
class ModuleFrame:
    """A frame around the boxes of one call of a module."""

    title: str
    parent: int
    path: str


@dataclass
class View:
    """Boxes in topological order; the result is the last one."""

    graph: Drawing
    boxes: list[Box]
    notes: list[str]
    frames: list[ModuleFrame]

    @property
    def findings(self) -> list[str]:
        return [str(found) for found in self.graph.findings]


def view(graph: Drawing) -> View:
    """Decide what to show of `graph`."""
    notes = list(graph.remarks)
    nodes = graph.nodes
    calls, call_of = module_paths.module_calls(nodes)
    found = groups(graph, calls, notes)
    group_of = {m: g for g in found for m in g.members}
    kept = nearest(graph, group_of, notes) if graph.only is None else set(graph.only)
    if graph.only is not None:
        notes.append(f"{len(graph.only):,} of {len(nodes):,} nodes")
    for why, count in Counter(n.note for n in nodes if n.note and n.kind != "failed").most_common(MOST_REASONS):
        notes.append(f"at {counted(count, 'node', spec=',')}: {why}")
    names = {n.name for n in nodes if n.name}
    boxes: list[Box] = []
    where: dict[int, int] = {}  # id of a node -> index of its box
    for node in _in_order(nodes, group_of):
        group = group_of.get(node.id)
        if node.literal or node.id not in kept:
            continue
        box = box_of_group(graph, group) if group else box_of_node(graph, node)
        sources = entries(nodes, group) if group else list(node.inputs)
        arrows, missing = _arrows(nodes, sources, where, node if not group else None, names)
        if missing:
            boxes.append(Box(node, LEFT_OUT, "…", detail=f"{counted(missing, 'input')} left out"))
            arrows.append(Arrow(len(boxes) - 1, ""))
        box.inputs = arrows
        box.frame = _frame_of(box, calls, call_of)
        where |= dict.fromkeys(box.members, len(boxes))
        boxes.append(box)
    _mark(graph, boxes, where)
    if graph.share == "ghost":
        boxes = _ghosts(boxes)
    return View(graph, boxes, notes, _frames(graph, boxes, calls))


def _mark(graph: Drawing, boxes: list[Box], where: dict[int, int]) -> None:
    """Write on each box its first finding, and the numbers of the unnamed nodes in it that findings refer to."""
    unnamed: dict[int, list[int]] = {}  # index of a box -> the nodes; those that a finding is "at" come first
    for finding in reversed(graph.findings):
        for i in (finding.node, *finding.also):
            if i in where:
                boxes[where[i]].bad = finding.what
    for i in [*(finding.node for finding in graph.findings), *(i for finding in graph.findings for i in finding.also)]:
        if i is not None and i in where and not graph.nodes[i].name:
            unnamed.setdefault(where[i], []).append(i)
    for k, ids in unnamed.items():
        numbers = [f"#{i}" for i in dict.fromkeys(ids)]
        more = ", …" if len(numbers) > MOST_NUMBERS else ""
        boxes[k].number = ", ".join(numbers[:MOST_NUMBERS]) + more + (" inside" if len(boxes[k].members) > 1 else "")


def _in_order(nodes: tuple[Node, ...], group_of: dict[int, Group]) -> list[Node]:
    """One node per box, after its inputs: not simply by id, because a loop may end after ops that read its steps."""
    speaker_of = [group_of[n.id].ops[-1] if n.id in group_of else n.id for n in nodes]
    found: list[Node] = []
    done: set[int] = set()
    for start in sorted(set(speaker_of)):
        stack = [start]
        while stack:
            at = stack[-1]
            inputs = entries(nodes, group_of[at]) if at in group_of else nodes[at].inputs
            todo = [speaker_of[i] for i in inputs if speaker_of[i] not in done]
            if todo and at not in done:
                stack.append(todo[0])
                continue
            stack.pop()
            if at not in done:
                done.add(at)
                found.append(nodes[at])
    return found


def _arrows(
    nodes: tuple[Node, ...], sources: list[int], where: dict[int, int], user: Node | None, names: Container[str]
) -> tuple[list[Arrow], int]:
    """The arrows into a box, and the number of its inputs that are not in the picture."""
    drawn = [(k, i) for k, i in enumerate(sources) if not nodes[i].literal]
    matters = user is not None and user.op not in COMMUTATIVE and len(drawn) > 1
    labels = [""] * len(sources)
    if user is not None and matters:
        labels = argument_labels(user, [nodes[i] for i in sources], names)
    after = user.details.get("after") if user is not None else None
    found = [(where.get(i), "before" if i == after else labels[k]) for k, i in drawn]
    arrows = dict.fromkeys(found) if user is None else found  # into a group, one arrow from each box is enough
    return [Arrow(at, label) for at, label in arrows if at is not None], sum(1 for at, _ in found if at is None)


# --- leaves drawn more than once ---


def _ghosts(boxes: list[Box]) -> list[Box]:
    """Draw a leaf with many uses, or with uses far apart, again at each further use."""
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
                out.append(replace(boxes[a.source], ghost=a.source in drawn, drawn=len(uses[a.source])))
                drawn.add(a.source)
        box.inputs = [Arrow(copies.get(a.source, index.get(a.source, -1)), a.label) for a in box.inputs]
        index[i] = len(out)
        out.append(box)
    return out


# --- frames ---


def _frame_of(box: Box, calls: list[module_paths.ModuleCall], call_of: dict[int, int]) -> int:
    """The innermost call that contains all ops of the box."""
    ops = [m for m in box.members if m in call_of]
    if not ops:
        return -1
    frame = call_of[ops[-1]]
    while frame != -1 and (not set(ops) <= set(calls[frame].ops) or (box.kind == "module" and calls[frame].name == box.title)):
        frame = calls[frame].parent
    return frame


def _frames(graph: Drawing, boxes: list[Box], calls: list[module_paths.ModuleCall]) -> list[ModuleFrame]:
    """Put parameters and constants into the frame of their use, drop frames around fewer than two boxes, and renumber.

    A frame around one box is kept if the parameters of the module are elsewhere, because it was called more than once.
    """
    users: list[list[int]] = [[] for _ in boxes]
    for i, box in enumerate(boxes):
        for a in box.inputs:
            users[a.source].append(i)
    parents = [call.parent for call in calls]
    chains = [chain(box.frame, parents) for box in boxes]
    for i in reversed(range(len(boxes))):
        if not boxes[i].node.op and boxes[i].kind != "input" and users[i]:
            theirs = [chains[u] for u in users[i]]
            chains[i] = [f for k, f in enumerate(theirs[0]) if all(len(c) > k and c[k] == f for c in theirs)]
    count: dict[int, int] = {}
    for around in chains:
        for frame in around:
            count[frame] = count.get(frame, 0) + 1
    leaves = [(box.node.module, around) for box, around in zip(boxes, chains, strict=True) if box.kind == "parameter"]
    shared = {path for path, around in leaves if all(calls[frame].name != path for frame in around)}
    kept = [frame for frame in sorted(count) if count[frame] > 1 or calls[frame].name in shared]
    index = {frame: k for k, frame in enumerate(kept)}
    out = []
    for frame in kept:
        around = [f for f in chain(frame, parents) if f in index]
        parent = index[around[-2]] if len(around) > 1 else -1
        kind = graph.modules.get(calls[frame].name, "")
        out.append(ModuleFrame(f"{calls[frame].name}  {kind}".strip(), parent, calls[frame].name))
    for box, around in zip(boxes, chains, strict=True):
        inner = [f for f in around if f in index]
        box.frame = index[inner[-1]] if inner else -1
    return out
