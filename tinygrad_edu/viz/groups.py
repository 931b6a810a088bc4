"""What is drawn as one box when all would be too much: modules below a depth, repeated steps; and what is left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from . import modules
from .fold import Fold, folds
from .graph import Graph, Node


@dataclass(frozen=True)
class Group:
    """Nodes that are drawn as one box; it speaks through the last of its ops."""

    members: tuple[int, ...]
    ops: tuple[int, ...]
    kind: str
    title: str
    times: int = 0


def groups(graph: Graph, calls: list[modules.Frame], notes: list[str]) -> list[Group]:
    """The groups to draw `graph` with; `notes` gets a sentence for the reader where that was not asked for."""
    if graph.only is not None:
        return []
    count = sum(1 for n in graph.nodes if not n.literal)
    deepest = max((len(call.path) for call in calls), default=0)
    if graph.depth is not None:
        found = _overview(graph, calls, graph.depth)
        if count - sum(len(g.members) - 1 for g in found) <= graph.max_nodes:
            return found
    elif count <= graph.max_nodes:
        return []
    for depth in range(min(graph.depth or deepest, deepest), 0, -1):
        found = _collapsed(graph, calls, depth)
        if found and count - sum(len(g.members) - 1 for g in found) <= graph.max_nodes:
            notes.append(f"modules are drawn as one box each below depth {depth}, for there are {count:,} nodes")
            return found
    found = [_folded(graph, fold, {}) for fold in folds(graph.nodes)]
    if found:
        inside, ops = sum(len(g.ops) for g in found), sum(1 for n in graph.nodes if n.op)
        notes.append(f"{inside:,} of {ops:,} ops are in repeated steps, drawn once with × how often")
    return found


def _overview(graph: Graph, calls: list[modules.Frame], depth: int) -> list[Group]:
    """What a depth that was asked for gives: modules as one box each, and a run of the same ones folded."""
    collapsed = _collapsed(graph, calls, depth)
    module_of = {op: group for group in collapsed for op in group.ops}
    classes = {op: graph.modules.get(group.title, group.title) for op, group in module_of.items()}
    runs: list[Group] = []
    for fold in folds(graph.nodes):
        inside = set(fold.members)
        if all(inside.issuperset(module_of[op].ops) for op in fold.members if op in module_of):  # none is cut in two
            runs.append(_folded(graph, fold, classes))
    folded = {member for run in runs for member in run.members}
    return [group for group in collapsed if folded.isdisjoint(group.members)] + runs


def _collapsed(graph: Graph, calls: list[modules.Frame], depth: int) -> list[Group]:
    """One group for each call of a module at this depth, with the parameters that only it uses."""
    users = [0] * len(graph.nodes)
    for node in graph.nodes:
        for i in set(node.inputs):
            users[i] += 1
    found = []
    for call in calls:
        if len(call.path) != depth:
            continue
        uses = Counter(i for op in call.ops for i in set(graph.nodes[op].inputs) if not graph.nodes[i].op)
        own = {i for i, count in uses.items() if count == users[i] and graph.nodes[i].kind != "input"}
        members = tuple(sorted({*call.ops, *own}))
        if len(members) > 1:
            found.append(Group(members, tuple(call.ops), "module", call.name))
    return found


def _folded(graph: Graph, fold: Fold, classes: Mapping[int, str]) -> Group:
    """A fold with the words for its first repetition: the class of a module where an op has one in `classes`, or the op."""
    named = [(classes.get(i, graph.nodes[i].op), i in classes) for i in fold.pattern]
    words = [word for k, (word, is_module) in enumerate(named) if not (is_module and k and named[k - 1] == (word, True))]
    title = ", ".join(words if len(words) <= 4 else [*words[:2], "…", words[-1]])
    return Group(fold.members, fold.path, "fold", title, fold.times)


def entries(nodes: tuple[Node, ...], group: Group) -> list[int]:
    """What comes into a group from outside, each source once."""
    inside = set(group.members)
    return list(dict.fromkeys(i for m in group.members for i in nodes[m].inputs if i not in inside))


def nearest(graph: Graph, group_of: dict[int, Group], notes: list[str]) -> set[int]:
    """The ids (one for each box) to draw: all, or the `max_nodes` nearest to the result.

    Where something failed, its last node need not have used what was made before it: all that nothing uses is a result.
    """
    used = {i for node in graph.nodes for i in node.inputs}
    results = [node.id for node in reversed(graph.nodes) if node.id not in used]
    queue = list(dict.fromkeys(group_of[i].ops[-1] if i in group_of else i for i in results))
    reached = set(queue)
    for i in queue:  # grows while it is walked: breadth first
        for source in entries(graph.nodes, group_of[i]) if i in group_of else graph.nodes[i].inputs:
            speaker = group_of[source].ops[-1] if source in group_of else source
            if speaker not in reached and not graph.nodes[speaker].literal:
                reached.add(speaker)
                queue.append(speaker)
    if len(queue) <= graph.max_nodes:
        return set(queue)
    hidden = sum(len(group_of[i].members) if i in group_of else 1 for i in queue[graph.max_nodes :])
    notes.append(f"{hidden:,} nodes farthest from the result are left out; raise max_nodes ({graph.max_nodes}) to see them")
    return set(queue[: graph.max_nodes])
