"""Boxes on ranks, each below everything that it depends on, and the lanes in which edges pass the ranks in between."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

LANE = 10.0  # width of a lane
BORDER = 1000  # the depth of boxes that represent the upper border: what enters there belongs to the trunk
LONGEST = 24  # the number of ranks that an edge may skip before it runs beside the drawing

Point = tuple[float, float]


@dataclass(frozen=True)
class Ends:
    """Constraints of a drawing inside another one.

    top, bottom  boxes that represent its upper and lower border
    feet, heads  edge -> its fixed end on the source or target, in pixels from the middle
    """

    top: frozenset[int] = frozenset()
    bottom: frozenset[int] = frozenset()
    feet: Mapping[int, float] = field(default_factory=dict)
    heads: Mapping[int, float] = field(default_factory=dict)


class Ranked:
    """A drawing whose boxes have ranks. Boxes and lanes are both items, numbered with the boxes first.

    rank, depth, width, up and down are indexed by item.
    """

    def __init__(self, sizes: Sequence[tuple[float, float]], edges: Sequence[tuple[int, int]], ends: Ends) -> None:
        self.n = len(sizes)
        self.ends = ends
        self.sizes = list(sizes)
        self.edges = list(edges)
        self.inputs: list[list[int]] = [[] for _ in sizes]
        self.users: list[list[int]] = [[] for _ in sizes]
        for source, target in edges:
            self.inputs[target].append(source)
            self.users[source].append(target)
        self.rank = self._ranks()
        self.width = [w for w, _ in sizes]
        self.up: list[list[int]] = [[] for _ in sizes]  # neighbors one rank above
        self.down: list[list[int]] = [[] for _ in sizes]
        self.shift: dict[tuple[int, int], float] = {}  # (above, below) -> x of below − x of above if the edge is straight
        self.lanes: list[list[int]] = []  # the lanes that each edge runs through
        self.beside: set[int] = set()  # edges that run beside the drawing
        self._make_lanes()

    def _ranks(self) -> list[int]:
        rank = [0] * self.n
        first = 1 if self.ends.top else 0
        for i in range(self.n):
            rank[i] = max((rank[s] + 1 for s in self.inputs[i]), default=0 if i in self.ends.top else first)
        self.depth = rank[:]  # the longest path from a leaf: the trunk of a drawing is deep, what joins it from the side is not
        lowest = max(rank, default=0)
        for i in self.ends.bottom:
            rank[i] = max(lowest, 1 + max((rank[j] for j in range(self.n) if j not in self.ends.bottom), default=0))
        for i in reversed(range(self.n)):  # down to the first use, unless that lengthens more edges than it shortens
            users = set(self.users[i])
            if i in self.ends.top:
                self.depth[i] = BORDER
            elif (
                users and not users <= self.ends.bottom and len(users) >= sum(bool(self.inputs[s]) for s in set(self.inputs[i]))
            ):
                rank[i] = min(rank[u] for u in users) - 1
        return rank

    def _make_lanes(self) -> None:
        shared: dict[tuple[int, int], int] = {}  # (box, rank) -> the lane of its edges there
        for k, (source, target) in enumerate(self.edges):
            first, last = self.rank[source] + 1, self.rank[target]
            passed: list[int] = []
            if last - first > LONGEST:
                self.beside.add(k)
                self.lanes.append(passed)
                continue
            before, foot = source, self.ends.feet.get(k, 0.0)
            for r in range(first, last):
                lane = shared.get((source, r))
                if lane is None:
                    lane = shared[source, r] = len(self.width)
                    self.width.append(LANE)
                    self.rank.append(r)
                    self.depth.append(self.depth[source])
                    self.up.append([])
                    self.down.append([])
                    self._join(before, lane, foot)
                passed.append(lane)
                before, foot = lane, 0.0
            self._join(before, target, foot - self.ends.heads.get(k, 0.0))
            self.lanes.append(passed)

    def _join(self, above: int, below: int, shift: float) -> None:
        if shift:
            self.shift.setdefault((above, below), shift)
        self.down[above].append(below)
        self.up[below].append(above)
