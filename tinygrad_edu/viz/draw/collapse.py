"""What is drawn as one box if there are too many nodes: modules of one depth, repeated steps; and what is left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..model import module_paths
from ..model.graph_data import Node
from .drawing import Drawing
from .loops import find_loops
from .repeats import FEWEST, Repeat, find_repeats

MOST_ALIKE = 24  # maximum number of equal blocks that a reader may want to see individually
CROWDED = 0.25  # fraction of max_nodes: with more boxes than this, counted by _boxes, loops are folded
MOST_WORDS = 4  # in the title of a fold
MANY_USES = 3  # a leaf with more uses than this is drawn at each use


@dataclass(frozen=True)
class Group:
    """Nodes that are drawn as one box, represented by the last of its ops."""

    members: tuple[int, ...]
    ops: tuple[int, ...]
    kind: str
    title: str
    times: int = 0


def groups(graph: Drawing, calls: list[module_paths.ModuleCall], notes: list[str]) -> list[Group]:
    """The groups to draw `graph` with; `notes` gets an explanation if the user did not ask for them.

    Loops, in which a module is called repeatedly, are folded as soon as the picture is crowded. Otherwise the first of these
    ways that leaves few enough boxes is used: modules as one box each, inner ones first; then repeated blocks folded, and the
    rest drawn individually or, if that is too much, as modules. Folding comes first if blocks repeat so often that nobody
    would look at them individually. The first way skips depths at which a module with more than half of the ops would become
    one box, which would be uninformative.
    """
    if graph.only is not None:
        return []
    ops, count = sum(1 for n in graph.nodes if n.op), sum(1 for n in graph.nodes if not n.literal)
    crowded = _boxes(graph, []) > CROWDED * graph.max_nodes
    if graph.depth is None and count <= graph.max_nodes and not crowded:
        return []
    repeated = find_repeats(graph.nodes)
    deepest = max((len(call.path) for call in calls), default=0)
    depths = list(range(min(graph.depth or deepest, deepest), 0, -1))
    if graph.depth is not None:
        found = _overview(graph, calls, repeated, [graph.depth])
        if find_loops(graph.nodes, graph.depth, 2):  # an overview shows each module once
            found = _looped(graph, calls, graph.depth, 2)
        if _boxes(graph, found) <= graph.max_nodes:
            return found
    if graph.depth is None:
        least = _boxes(graph, [_folded(graph, fold, []) for fold in repeated]) if repeated else count
        for depth in [deepest + 1, *depths]:
            found = _looped(graph, calls, depth, FEWEST)
            loops = [group for group in found if group.times]
            many = _boxes(graph, found)
            if loops and (many <= graph.max_nodes or depth == 1) and many < least:
                inside = sum(len(group.ops) for group in loops)
                notes.append(f"{inside:,} of {ops:,} ops are in loops, drawn once with a repeat count (× n)")
                return found
    if graph.depth is None and count <= graph.max_nodes:
        return []
    for depth in depths if all(fold.times <= MOST_ALIKE for fold in repeated) else ():
        found = _collapsed(graph, calls, depth)
        if found and _boxes(graph, found) <= graph.max_nodes and all(2 * len(g.ops) <= ops for g in found):
            notes.append(_depth_note(depth, count))
            return found
    for depth in [deepest + 1, *depths] if graph.depth is None else depths:
        found = _overview(graph, calls, repeated, [d for d in depths if d <= depth], depth)
        if _boxes(graph, found) <= graph.max_nodes:
            if any(group.kind == "module" for group in found):
                notes.append(_depth_note(depth, count))
            break
    else:
        found = [_folded(graph, fold, []) for fold in repeated]  # too many in any case: `nearest` decides which are drawn
    inside = sum(1 for group in found if group.kind == "fold" for i in group.members if graph.nodes[i].op)
    if inside:
        notes.append(f"{inside:,} of {ops:,} ops are in repeated steps, drawn once with a repeat count (× n)")
    return found


def _depth_note(depth: int, count: int) -> str:
    return f"modules of depth {depth} are drawn as one box each, because there are {count:,} nodes"


def _boxes(graph: Drawing, found: list[Group]) -> int:
    """The number of boxes that result: one per group and per node outside groups, but one per use for a leaf with many uses."""
    group_of = {member: k for k, group in enumerate(found) for member in group.members}
    users: dict[int, set[int]] = {}
    for node in graph.nodes:
        for i in node.inputs:
            if i not in group_of and not graph.nodes[i].op:
                users.setdefault(i, set()).add(group_of.get(node.id, -1 - node.id))
    alone = [node.id for node in graph.nodes if not node.literal and node.id not in group_of]
    copies = (
        len(users.get(i, ())) for i in alone
    )  # also with share="once", so that the text folds the same nodes as the picture
    return len(found) + sum(count if count > MANY_USES else 1 for count in copies)


def _looped(graph: Drawing, calls: list[module_paths.ModuleCall], depth: int, fewest: int) -> list[Group]:
    """Loops as one box each, the slices of one array as one box, and the other modules of this depth as one box each."""
    loops = find_loops(graph.nodes, depth, fewest)
    if not loops:
        return _collapsed(graph, calls, depth)
    users = _users(graph)
    found = []
    for loop in loops:
        inside = set(loop.ops)
        inside |= {i for op in loop.ops for i in graph.nodes[op].inputs if _belongs(graph.nodes[i], users[i], inside)}
        places = [place for place in loop.places if place in graph.modules] or list(loop.places)
        title = ", ".join(places if len(places) <= MOST_WORDS else [*places[:2], "…", places[-1]])
        found.append(Group(tuple(sorted(inside)), loop.ops, "fold", title, loop.times))
    taken = {member for group in found for member in group.members}
    if depth <= max((len(call.path) for call in calls), default=0):
        found += [group for group in _collapsed(graph, calls, depth) if taken.isdisjoint(group.members)]
    return found + _cut_from_one(graph, taken)


def _users(graph: Drawing) -> list[set[int]]:
    users: list[set[int]] = [set() for _ in graph.nodes]
    for node in graph.nodes:
        for i in node.inputs:
            users[i].add(node.id)
    return users


def _belongs(node: Node, users: set[int], ops: set[int]) -> bool:
    """Whether a leaf is drawn inside the loop or fold of these ops: it has no other users and is not data."""
    if node.op or not users <= ops:
        return False
    start = node.kind == "input" and not node.name and node.value.min == node.value.max  # such as zeros
    return node.kind != "input" or start


def _cut_from_one(graph: Drawing, taken: set[int]) -> list[Group]:
    """Inputs that are slices of one array, such as x[:, t] at each step, as one box."""
    parts: dict[int, list[int]] = {}
    for node in graph.nodes:
        if "array" in node.details and node.id not in taken:
            parts.setdefault(node.details["array"], []).append(node.id)
    return [Group(tuple(ids), (ids[-1],), "input", "", 0) for ids in parts.values() if len(ids) >= FEWEST]


def _overview(
    graph: Drawing, calls: list[module_paths.ModuleCall], repeated: list[Repeat], words: list[int], depth: int | None = None
) -> list[Group]:
    """Modules of a depth as one box each, and a run of equal ones folded.

    words   the depths whose modules may describe the contents of a fold, in order of preference
    depth   by default, the first of these
    """
    boxes = _collapsed(graph, calls, depth or words[0])
    module_of = {op: group for group in boxes for op in group.ops}
    paths = [{op: call.name for call in calls if len(call.path) == d for op in call.ops} for d in words]
    runs: list[Group] = []
    for fold in repeated:
        inside = set(fold.members)
        if all(inside.issuperset(module_of[op].ops) for op in fold.members if op in module_of):  # no module is cut in two
            runs.append(_folded(graph, fold, paths))
    folded = {member for run in runs for member in run.members}
    return [group for group in boxes if folded.isdisjoint(group.members)] + runs


def _collapsed(graph: Drawing, calls: list[module_paths.ModuleCall], depth: int) -> list[Group]:
    """One group for each call of a module at this depth, with the parameters and constants that only it uses."""
    calls = [call for call in calls if len(call.path) == depth]
    users = _users(graph) if calls else []
    found = []
    for call in calls:
        uses = Counter(i for op in call.ops for i in set(graph.nodes[op].inputs) if not graph.nodes[i].op)
        own = {i for i, count in uses.items() if count == len(users[i]) and graph.nodes[i].kind != "input"}
        members = tuple(sorted({*call.ops, *own}))
        if len(members) > 1:
            found.append(Group(members, tuple(call.ops), "module", call.name))
    return found


def _folded(graph: Drawing, fold: Repeat, paths: Sequence[Mapping[int, str]]) -> Group:
    """A fold with a description of its first repetition: the class of an op's module if it has one, or the op.

    paths   op -> path of its module, at one depth or at several: the first that needs at most four words is used
    """
    candidates = []
    for path_of in paths or [{}]:
        places = [path_of.get(i, "") for i in fold.pattern]
        words = [graph.modules.get(at, at) if at else graph.nodes[i].op for i, at in zip(fold.pattern, places, strict=True)]
        candidates.append([word for k, word in enumerate(words) if not (k and places[k] and places[k] == places[k - 1])])
    words = next((words for words in candidates if len(words) <= MOST_WORDS), candidates[0])
    title = ", ".join(words if len(words) <= MOST_WORDS else [*words[:2], "…", words[-1]])
    inside, users = set(fold.members), _users(graph)
    leaves = {i for m in fold.members for i in graph.nodes[m].inputs if not graph.nodes[i].op}
    inside |= {i for i in leaves if len(users[i]) >= fold.times and _belongs(graph.nodes[i], users[i], inside)}
    return Group(tuple(sorted(inside)), fold.path, "fold", title, fold.times)


def entries(nodes: tuple[Node, ...], group: Group) -> list[int]:
    """The inputs of a group from outside it, each source once."""
    inside = set(group.members)
    return list(dict.fromkeys(i for m in group.members for i in nodes[m].inputs if i not in inside))


def nearest(graph: Drawing, group_of: dict[int, Group], notes: list[str]) -> set[int]:
    """The ids to draw, one per box: all, or the `max_nodes` nearest to the result.

    If an op failed, its node need not use what was computed before it: every node without uses counts as a result.
    """
    used = {i for node in graph.nodes for i in node.inputs}
    results = [node.id for node in reversed(graph.nodes) if node.id not in used]
    queue = list(dict.fromkeys(group_of[i].ops[-1] if i in group_of else i for i in results))
    reached = set(queue)
    for i in queue:  # grows during the loop: breadth first
        for source in entries(graph.nodes, group_of[i]) if i in group_of else graph.nodes[i].inputs:
            speaker = group_of[source].ops[-1] if source in group_of else source
            if speaker not in reached and not graph.nodes[speaker].literal:
                reached.add(speaker)
                queue.append(speaker)
    if len(queue) <= graph.max_nodes:
        return set(queue)
    hidden = sum(len(group_of[i].members) if i in group_of else 1 for i in queue[graph.max_nodes :])
    far = f"the {hidden:,} nodes farthest from the result are" if hidden > 1 else "the node farthest from the result is"
    notes.append(f"{far} left out; raise max_nodes ({graph.max_nodes}) to see more")
    return set(queue[: graph.max_nodes])
