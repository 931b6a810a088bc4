"""Finding loops: modules, or ops with the same parameters, that are called repeatedly. A loop is one box, "c1, c2 × 20".

Each op belongs to a class: its module at a depth, else the parameters that it uses, else itself alone. Classes that depend
on one another in a cycle, because of a state, are one loop: a strongly connected component (Tarjan 1972). The rest is acyclic
and can be drawn.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from ..model.graph_data import Node


@dataclass(frozen=True)
class Loop:
    """Ops drawn as one box; `places` are their modules, or the ops themselves if they are in none, in order of first use."""

    ops: tuple[int, ...]
    places: tuple[str, ...]
    times: int


def find_loops(nodes: Sequence[Node], depth: int, fewest: int) -> list[Loop]:
    """The loops in which something is called at least `fewest` times; modules at this depth are kept whole."""
    parameters = {n.id for n in nodes if n.kind == "parameter"}
    shared = Counter(filter(None, (_weights(n, parameters) for n in nodes)))
    if max(shared.values(), default=0) < fewest:
        return []
    numbers: dict[Hashable, int] = {}
    class_of: dict[int, int] = {}
    members: list[list[int]] = []
    for node in nodes:
        if not node.op:
            continue
        path = node.module.split(".") if node.module else []
        weights = _weights(node, parameters)
        key: Hashable = node.id
        if path and len(path) >= depth:
            key = tuple(path[:depth])
        elif shared[weights] > 1:
            key = weights
        number = class_of[node.id] = numbers.setdefault(key, len(numbers))
        if number == len(members):
            members.append([])
        members[number].append(node.id)
    sources = [
        sorted({class_of[i] for m in inside for i in nodes[m].inputs if i in class_of} - {k})
        for k, inside in enumerate(members)
    ]
    found = []
    single = {inside[0] for inside in members if len(inside) == 1}  # alone in their class, and not in a loop already found
    for component in _components(sources):
        loop = {i for k in component for i in members[k]}
        single -= loop
        uses = Counter(filter(None, (_weights(nodes[i], parameters) for i in loop)))
        times = max(uses.values(), default=0)
        if times >= fewest:
            ops = _with_last_step(nodes, loop, single, fewest)
            single -= set(ops)
            found.append(Loop(ops, tuple(dict.fromkeys(_place(nodes[i], depth) for i in ops)), times))
    return found


def _weights(node: Node, parameters: set[int]) -> tuple[Hashable, ...]:
    """The op and the parameters that it uses; () if there are none."""
    used = tuple(i for i in node.inputs if i in parameters)
    return (node.op, *used) if node.op and used else ()


def _place(node: Node, depth: int) -> str:
    path = node.module.split(".") if node.module else []
    return ".".join(path[:depth]) if path else node.op


def _does(node: Node) -> tuple[Hashable, ...]:
    return (node.op, node.shape, node.params)


def _with_last_step(nodes: Sequence[Node], loop: set[int], single: set[int], fewest: int) -> tuple[int, ...]:
    """The ops of a loop, and those of its last step that match the others although no further step reads their results.

    They may be added if no path leads from the loop to them through something outside.
    """
    often = Counter(_does(nodes[i]) for i in loop)
    outside: set[int] = set()  # depends on the loop and is not in it
    inside = set(loop)
    for node in nodes[min(loop) :]:
        if node.id in inside or not any(i in inside or i in outside for i in node.inputs):
            continue
        alike = node.id in single and often[_does(node)] >= fewest - 1 and outside.isdisjoint(node.inputs)
        (inside if alike else outside).add(node.id)
    return tuple(sorted(inside))


def _components(sources: Sequence[Sequence[int]]) -> list[list[int]]:
    """The strongly connected components of a graph, given what each node depends on. No recursion.

    >>> sorted(map(sorted, _components([[], [0, 2], [1], [2]])))
    [[0], [1, 2], [3]]
    """
    order: dict[int, int] = {}
    low: dict[int, int] = {}
    waiting: list[int] = []
    found: list[list[int]] = []
    for start in range(len(sources)):
        stack = [(start, 0)] if start not in order else []
        while stack:
            node, k = stack.pop()
            if k == 0:
                order[node] = low[node] = len(order)
                waiting.append(node)
            elif (before := sources[node][k - 1]) in low:
                low[node] = min(low[node], low[before])
            while k < len(sources[node]) and sources[node][k] in order:
                low[node] = min(low[node], low.get(sources[node][k], low[node]))
                k += 1
            if k < len(sources[node]):
                stack += [(node, k + 1), (sources[node][k], 0)]
            elif low[node] == order[node]:
                component = [waiting.pop()]
                while component[-1] != node:
                    component.append(waiting.pop())
                for member in component:
                    del low[member]  # done: no further node can be in a cycle with it
                found.append(component)
    return found
