"""Finding repeated steps of a large graph, so that "Linear, ReLU" repeated twelve times is drawn once, with "× 12".

The graph is divided into paths of consecutive ops. Each op on a path gets a token for what it does, its shapes, and what only
it uses (its weights, a side branch); a run of equal tokens, or of an equal pattern of tokens, is one fold. Unlike the
others, the first repetition gets its input from outside the path; it is included if nothing else distinguishes it from them.
Only the last op of a fold may be used outside it, so that drawing it as one box creates no cycle.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..model.graph_data import Node

LONGEST_PATTERN = 48  # maximum number of ops in one repetition
FEWEST = 3  # minimum number of repetitions to fold


@dataclass(frozen=True)
class Repeat:
    """`times` repetitions of `pattern`, the ids of the ops of the first one.

    `path` has the ids of the ops of all repetitions, `members` those of everything inside.
    """

    members: tuple[int, ...]
    path: tuple[int, ...]
    pattern: tuple[int, ...]
    times: int


def consumers(nodes: Sequence[Node]) -> list[list[int]]:
    """For each node, the ids of the nodes that use it, each once."""
    found: list[list[int]] = [[] for _ in nodes]
    for node in nodes:
        for i in dict.fromkeys(node.inputs):
            found[i].append(node.id)
    return found


def find_repeats(nodes: Sequence[Node]) -> list[Repeat]:
    """The repeated steps, not nested, in the order of the graph."""
    users = consumers(nodes)
    paths = _paths(nodes, users)
    owner, tokens = _read(nodes, users, paths)
    branches = [path for path in paths if users[path[-1]] and not _repeats([tokens[i] for i in path])]
    if branches:  # side paths without repeats, such as the keys of attention: attach each to the op that it leads to
        aside = {path[0] for path in branches}
        paths = [path for path in paths if path[0] not in aside]
        owner, tokens = _read(nodes, users, paths)
    owned: dict[int, list[int]] = {}
    for i, its_owner in enumerate(owner):
        if its_owner >= 0:
            owned.setdefault(its_owner, []).append(i)
    found = []
    for path in paths:
        for start, period, times in _repeats([tokens[i] for i in path]):
            steps = path[start : start + period * times]
            members = {m for step in steps for m in owned.get(step, [])}
            second = {m for step in steps[:period] for m in owned.get(step, [])}
            first = _counterparts(nodes, second, steps[period - 1], path[start - 1]) if start else {}
            more = members | set(first.values())
            if first and _is_closed(more, steps[-1], users):
                members, steps, times = more, [first[i] for i in steps[:period]] + steps, times + 1
            if _is_closed(members, steps[-1], users):
                found.append(Repeat(tuple(sorted(members)), tuple(steps), tuple(steps[:period]), times))
    return sorted(found, key=lambda fold: fold.path[-1])


def _is_closed(members: set[int], last: int, users: list[list[int]]) -> bool:
    """Whether only the last op is used outside."""
    return all(user in members for m in members if m != last for user in users[m])


def _counterparts(nodes: Sequence[Node], second: set[int], last: int, before: int) -> dict[int, int]:
    """For each node of the second repetition, the equivalent one in the first, if they differ only in their inputs.

    last    the last op of the second repetition; `before` is that of the first, which is the input of the second
    """
    found = {last: before}
    entries = set()
    todo = [last]
    while todo:
        b = todo.pop()
        one, other = nodes[found[b]], nodes[b]
        if _does(one) != _does(other) or len(one.inputs) != len(other.inputs):
            return {}
        for i, j in zip(one.inputs, other.inputs, strict=True):
            if j == before:
                entries.add(i)
            elif j not in second:
                if i != j:
                    return {}
            elif j not in found:
                found[j] = i
                todo.append(j)
            elif found[j] != i:
                return {}
    first = set(found.values())
    alike = all(not nodes[i].literal and _is_like(nodes[i], nodes[before]) for i in entries)
    if len(entries) != 1 or entries & first or first & second or not len(first) == len(found) == len(second) or not alike:
        return {}
    return found


def _does(node: Node) -> tuple[Any, ...]:
    """What a node does, regardless of its inputs."""
    return (node.kind if node.kind != "output" else "op", node.op, node.shape, node.dtype, node.params)


def _is_like(a: Node, b: Node) -> bool:
    return (a.shape, a.dtype) == (b.shape, b.dtype)


def _paths(nodes: Sequence[Node], users: list[list[int]]) -> list[list[int]]:
    """Disjoint paths of ops, in which each op follows the deepest of its inputs; short paths are omitted."""
    depth = [0] * len(nodes)
    before: dict[int, int] = {}
    for node in nodes:
        ops = [i for i in node.inputs if nodes[i].op]
        if node.op:
            depth[node.id] = 1 + max((depth[i] for i in ops), default=0)
        if ops:
            before[node.id] = max(ops, key=lambda i: (depth[i], -node.inputs.index(i)))
    height = [0] * len(nodes)
    for node in reversed(nodes):
        height[node.id] = 1 + max((height[u] for u in users[node.id]), default=0)
    after = {}
    for node in nodes:
        following = [u for u in users[node.id] if before.get(u) == node.id]
        if following:
            after[node.id] = max(following, key=lambda u: height[u])
    paths: list[list[int]] = []
    for node in nodes:
        if node.op and after.get(before.get(node.id, -1)) != node.id:
            path = [node.id]
            while path[-1] in after:
                path.append(after[path[-1]])
            if len(path) >= FEWEST:
                paths.append(path)
    return paths


def _read(nodes: Sequence[Node], users: list[list[int]], paths: list[list[int]]) -> tuple[list[int], list[int]]:
    """The owner and the token of each node."""
    place = {i: (number, k) for number, path in enumerate(paths) for k, i in enumerate(path)}
    owner = _owners(nodes, users, place)
    return owner, _tokens(nodes, place, owner)


def _owners(nodes: Sequence[Node], users: list[list[int]], place: dict[int, Any]) -> list[int]:
    """For each node, the only op on a path that uses it, directly or through a side branch; itself on a path; -1 for none."""
    owner = [-1] * len(nodes)
    for node in reversed(nodes):
        if node.id in place:
            owner[node.id] = node.id
        else:
            above = {owner[u] for u in users[node.id]}
            owner[node.id] = above.pop() if len(above) == 1 else -1
    return owner


def _tokens(nodes: Sequence[Node], place: dict[int, tuple[int, int]], owner: list[int]) -> list[int]:
    """A number for each node, equal for nodes that do the same to the same kind of inputs."""
    numbers: dict[Any, int] = {}
    tokens = [0] * len(nodes)
    for node in nodes:
        arguments: list[Any] = []
        own = owner[node.id]
        for i in node.inputs:
            if i in place and own >= 0 and place[i][0] == place[own][0]:
                arguments.append(("path", place[own][1] - place[i][1]))
            elif own >= 0 and owner[i] == own:
                arguments.append(tokens[i])
            else:
                arguments.append(("shared", i))
        key = (_does(node), tuple(arguments))
        tokens[node.id] = numbers.setdefault(key, len(numbers))
    return tokens


def _repeats(tokens: Sequence[int]) -> list[tuple[int, int, int]]:
    """(start, period, times) for patterns that are repeated consecutively at least three times."""
    t = np.asarray(tokens)
    n = len(t)
    covered = np.zeros(n, np.int64)  # length of the path covered by repetitions of the best pattern from here
    best = np.zeros(n, np.int64)  # length of the complete repetitions in it
    period = np.ones(n, np.int64)
    for p in range(1, min(LONGEST_PATTERN, n // FEWEST) + 1):
        same = np.append(t[:-p] == t[p:], False)
        stops = np.flatnonzero(~same)
        here = np.arange(len(same))
        length = stops[np.searchsorted(stops, here)] - here + p
        whole = length // p * p
        whole[whole < FEWEST * p] = 0
        better = np.flatnonzero(whole > best[: len(whole)])
        covered[better], best[better], period[better] = length[better], whole[better], p
    found = []
    i = 0
    while i < n:
        if best[i]:
            # the remainder goes to the front: blocks end where the computation leaves them
            found.append((i + int(covered[i] - best[i]), int(period[i]), int(best[i] // period[i])))
        i += max(int(covered[i]), 1)
    return found
