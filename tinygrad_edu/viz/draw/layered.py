"""Where the boxes of a layered drawing go: ranks, order within a rank, coordinates, routes. Own code; knows nothing of graphs.

1. Ranks. A box comes below everything it is made from; a box without inputs sits right above its first use.
2. Lanes. An edge that skips ranks passes through a thin lane at each rank between; edges from one box share their lanes.
   An edge that skips very many ranks runs beside the drawing instead, or the lanes would outgrow it.
3. Order. Sweeps down and up sort each rank by where its neighbours are (the barycentre method, Sugiyama, Tagawa & Toda
   1981); the order with the fewest crossings is kept.
4. Coordinates. Each box wants to be where its neighbours are, and no two may overlap: a least-squares problem for each rank,
   solved exactly by pooling adjacent violators, swept over the ranks until it settles.

Every step is linear in boxes and lanes (times a logarithm), takes no random decision, and is not recursive.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

GAP_X, GAP_Y = 22.0, 40.0  # pixels between boxes, and between ranks
GAP_BORDER = 14.0  # above the lower border of a frame
LANE = 10.0  # width of a lane
BORDER = 1000  # the depth of what comes in through the border: it is the trunk
LONGEST = 24  # ranks an edge may skip before it runs beside the drawing
SWEEPS_ORDER, SWEEPS_PLACE = 12, 4

Point = tuple[float, float]


@dataclass
class Layout:
    """Centres of the boxes, and for each edge the points it passes, from the foot of its source to the head of its target."""

    centres: list[Point]
    routes: list[list[Point]]
    width: float
    height: float


@dataclass(frozen=True)
class Ends:
    """What a drawing inside another one has to keep to.

    top, bottom  boxes that stand for its upper and lower border
    feet, heads  edge -> where on its source or target it is fixed, in pixels from the middle
    """

    top: frozenset[int] = frozenset()
    bottom: frozenset[int] = frozenset()
    feet: Mapping[int, float] = field(default_factory=dict)
    heads: Mapping[int, float] = field(default_factory=dict)


def layout(sizes: Sequence[tuple[float, float]], edges: Sequence[tuple[int, int]], ends: Ends | None = None) -> Layout:
    """Place boxes of these (width, height) so that every edge (source, target) runs downwards. Sources come first in order.

    >>> layout([(40, 20), (40, 20)], [(0, 1)]).centres
    [(20.0, 10.0), (20.0, 70.0)]
    """
    return _Drawing(sizes, edges, ends or Ends()).place()


class _Drawing:
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
        # from here on boxes and lanes alike are numbered items; lanes follow the boxes
        self.width = [w for w, _ in sizes]
        self.up: list[list[int]] = [[] for _ in sizes]  # neighbours one rank above
        self.down: list[list[int]] = [[] for _ in sizes]
        self.shift: dict[tuple[int, int], float] = {}  # (above, below): how far below is to the right of above when straight
        self.lanes: list[list[int]] = []  # for each edge the lanes it passes
        self.beside: set[int] = set()  # edges that run beside the drawing
        self._make_lanes()
        self.rows = self._first_order()

    def place(self) -> Layout:
        if not self.n:
            return Layout([], [], 0, 0)
        self._order()
        x = self._coordinates()
        return self._finish(x)

    # --- 1. ranks ---

    def _ranks(self) -> list[int]:
        rank = [0] * self.n
        first = 1 if self.ends.top else 0
        for i in range(self.n):
            rank[i] = max((rank[s] + 1 for s in self.inputs[i]), default=0 if i in self.ends.top else first)
        self.depth = rank[:]  # of what it is made from: the trunk of a drawing is deep, what joins it from the side is not
        lowest = max(rank, default=0)
        for i in self.ends.bottom:
            rank[i] = max(lowest, 1 + max((rank[j] for j in range(self.n) if j not in self.ends.bottom), default=0))
        for i in reversed(range(self.n)):  # down to the first use, where that makes no more edges longer than shorter
            users = set(self.users[i])
            if i in self.ends.top:
                self.depth[i] = BORDER
            elif (
                users and not users <= self.ends.bottom and len(users) >= sum(bool(self.inputs[s]) for s in set(self.inputs[i]))
            ):
                rank[i] = min(rank[u] for u in users) - 1
        return rank

    # --- 2. lanes ---

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

    # --- 3. order ---

    def _first_order(self) -> list[list[int]]:
        """Depth first from the results, inputs in argument order: for a tree this is free of crossings."""
        rows: list[list[int]] = [[] for _ in range(max(self.rank, default=0) + 1)]
        seen = [False] * len(self.width)
        for root in reversed(range(self.n)):
            stack = [root]
            while stack:
                i = stack.pop()
                if seen[i]:
                    continue
                seen[i] = True
                rows[self.rank[i]].append(i)
                stack.extend(reversed(self.up[i]))
        return rows

    def _order(self) -> None:
        position = [0.0] * len(self.width)

        def number(row: list[int]) -> None:
            for p, i in enumerate(row):
                position[i] = p

        for row in self.rows:
            number(row)
        companion = self._companions()
        best, fewest, stuck = [row[:] for row in self.rows], self._crossings(position), 0
        for sweep in range(SWEEPS_ORDER):
            if fewest == 0 or stuck == 4:
                break
            neighbours = self.down if sweep % 2 else self.up
            for row in reversed(self.rows) if sweep % 2 else self.rows:
                wish = {i: _mean(neighbours[i] or neighbours[companion[i]], position, position[i]) for i in row}
                row.sort(key=wish.__getitem__)  # stable: ties keep their order
                number(row)
            crossings = self._crossings(position)
            stuck += 1
            if crossings < fewest:
                best, fewest, stuck = [row[:] for row in self.rows], crossings, 0
        self.rows = best

    def _companions(self) -> list[int]:
        """What a box without inputs stays beside: the deepest of what it is used together with. All else: itself."""
        companion = list(range(len(self.width)))
        for i in range(self.n):
            if not self.inputs[i] and self.down[i]:
                companion[i] = max(self.up[self.down[i][0]], key=lambda j: (self.depth[j], j == i))
        return companion

    def _crossings(self, position: list[float]) -> int:
        """Pairs of edges that cross, by counting inversions from rank to rank."""
        total = 0
        for row in self.rows:
            ends = [position[d] for i in row for d in sorted(self.down[i], key=position.__getitem__)]
            total += _inversions(ends)
        return total

    # --- 4. coordinates ---

    def _coordinates(self) -> list[float]:
        x = [0.0] * len(self.width)
        offsets: list[list[float]] = []  # of each item in its row, as close together as the gap allows
        for row in self.rows:
            at, here = 0.0, []
            for k, i in enumerate(row):
                if k:
                    at += (self.width[row[k - 1]] + self.width[i]) / 2 + self._gap(row[k - 1], i)
                here.append(at)
            offsets.append(here)
            for k, i in enumerate(row):
                x[i] = here[k] - here[-1] / 2
        above = [[(j, self.shift.get((j, i), 0.0)) for j in self._pull(i, self.up[i])] for i in range(len(x))]
        below = [[(j, -self.shift.get((i, j), 0.0)) for j in self._pull(i, self.down[i])] for i in range(len(x))]
        # a leaf gives way to all else, a branch to the trunk, a lane to boxes: a deep skip connection must not push its block
        firm = [(1.0 + depth) ** 4 * (1.0 if i < self.n else 1e-3) for i, depth in enumerate(self.depth)]
        for _ in range(SWEEPS_PLACE):
            self._sweep(above, firm, offsets, x)
            self._sweep(below, firm, offsets, x, upwards=True)
        # the trunk is placed: now each leaf to its use, what hangs on leaves alone to the middle of them, and leaves again
        leaves = [1.0 if i < self.n and not self.inputs[i] and i not in self.ends.top else 1e9 for i in range(len(x))]
        leaf_wishes = [below[i] if leaves[i] == 1.0 else [(i, 0.0)] for i in range(len(x))]
        self._sweep(leaf_wishes, leaves, offsets, x)
        self._sweep(above, firm, offsets, x)
        self._sweep(leaf_wishes, leaves, offsets, x)
        self._set_upright(x)
        return x

    def _set_upright(self, x: list[float]) -> None:
        """Frames that are left farther right than they are entered lean, each a little more: past its width, push it back."""
        ends = [(x[row[0]] - self.width[row[0]] / 2, x[row[-1]] + self.width[row[-1]] / 2) for row in self.rows]
        middle = (len(ends) - 1) / 2
        spread = sum((r - middle) ** 2 for r in range(len(ends))) or 1.0
        lean = sum((r - middle) * (low + high) / 2 for r, (low, high) in enumerate(ends)) / spread  # pixels a row
        if abs(lean) * len(ends) > max(high - low for low, high in ends):
            for r, row in enumerate(self.rows):
                for i in row:
                    x[i] -= lean * r

    def _sweep(
        self,
        pulls: list[list[tuple[int, float]]],
        weights: list[float],
        offsets: list[list[float]],
        x: list[float],
        upwards: bool = False,
    ) -> None:
        """Place each row by the neighbours that pull at it, row by row, so that a shift travels the whole height at once."""
        for r in reversed(range(len(self.rows))) if upwards else range(len(self.rows)):
            row = self.rows[r]
            wishes = [sum(x[j] + s for j, s in pulls[i]) / len(pulls[i]) if pulls[i] else x[i] for i in row]
            for i, place in zip(row, _spread(wishes, [weights[i] for i in row], offsets[r]), strict=True):
                x[i] = place

    def _gap(self, left: int, right: int) -> float:
        return GAP_X if left < self.n and right < self.n else GAP_X * 0.7

    def _pull(self, i: int, neighbours: list[int]) -> list[int]:
        """The neighbours that say where i should be: a lane follows its lane, an op the ops, anything else what there is."""
        lanes = [j for j in neighbours if j >= self.n]
        deep = max((self.depth[j] for j in neighbours), default=0) / 2
        ops = [j for j in neighbours if j < self.n and (self.inputs[j] or j in self.ends.top) and self.depth[j] >= deep]
        return (lanes or ops or neighbours) if i >= self.n else (ops or lanes or neighbours)

    # --- 5. the drawing ---

    def _finish(self, x: list[float]) -> Layout:
        top, bottom, tops, heights = 0.0, 0.0, [], []
        for row in self.rows:
            height = max((self.sizes[i][1] for i in row if i < self.n), default=0.0)
            tops.append(top)
            heights.append(height)
            bottom = top + height
            reach = max((abs(x[i] + self.shift.get((i, j), 0.0) - x[j]) for i in row for j in self.down[i]), default=0.0)
            gap = GAP_Y if len(tops) < len(self.rows) - bool(self.ends.bottom) else GAP_BORDER
            top = bottom + gap + min(40.0, reach / 16)  # far to the side: a little more room, or the curve runs flat
        left = min(x[i] - self.width[i] / 2 for i in range(len(x)))
        x = [v - left for v in x]
        right = max(x[i] + self.width[i] / 2 for i in range(len(x)))
        centres = []
        for i in range(self.n):
            r, height = self.rank[i], self.sizes[i][1]
            low = not self.inputs[i] and heights[r] > 2 * height  # beside something tall, a leaf stands near its use
            centres.append((x[i], tops[r] + (heights[r] - height / 2 if low else heights[r] / 2)))
        feet, heads = self._ports(x)
        routes = []
        for k, (source, target) in enumerate(self.edges):
            start = (feet[k], centres[source][1] + self.sizes[source][1] / 2)
            end = (heads[k], centres[target][1] - self.sizes[target][1] / 2)
            through = [(start[0], tops[self.rank[source]] + heights[self.rank[source]])]  # it bends between the rows only
            for lane in self.lanes[k]:
                r = self.rank[lane]
                through += [(x[lane], tops[r]), (x[lane], tops[r] + heights[r])]
            through.append((end[0], tops[self.rank[target]]))
            routes.append([start, *through, end])
        right = self._route_beside(routes, right)
        return Layout(centres, routes, right, bottom)

    def _ports(self, x: list[float]) -> tuple[list[float], list[float]]:
        """Where each edge leaves and enters: as straight above its next stop as the box is wide, and side by side."""
        feet, heads = [0.0] * len(self.edges), [0.0] * len(self.edges)
        out: list[dict[tuple[float, int], list[int]]] = [
            {} for _ in range(self.n)
        ]  # (x, next stop) -> edges: they leave together
        into: list[list[tuple[float, int]]] = [[] for _ in range(self.n)]
        far = max(x) + 1

        def straight(i: int, stop: int, fixed: float | None) -> float:
            """A lane, and the fixed end of an arrow, is met where it is; another box halfway: then the arrow is vertical."""
            return x[stop] + (fixed or 0.0) if stop >= self.n or fixed is not None else (x[i] + x[stop]) / 2

        for k, (source, target) in enumerate(self.edges):
            stops = [source, *self.lanes[k], target]
            direct = len(stops) == 2
            foot, head = self.ends.feet.get(k) if direct else None, self.ends.heads.get(k) if direct else None
            leaves = far if k in self.beside else straight(source, stops[1], head)
            out[source].setdefault((leaves, -1 if k in self.beside else stops[1]), []).append(k)
            into[target].append((far if k in self.beside else straight(target, stops[-2], foot), k))
        for i in range(self.n):
            half = self.width[i] / 2
            came = sorted(into[i])
            for place, (_, k) in zip(_along(x[i], half, [at for at, _ in came]), came, strict=True):
                heads[k] = x[i] + self.ends.heads[k] if k in self.ends.heads else place
            left = sorted(out[i])
            for place, stop in zip(_along(x[i], half, [at for at, _ in left]), left, strict=True):
                for k in out[i][stop]:
                    feet[k] = x[i] + self.ends.feet[k] if k in self.ends.feet else place
        return feet, heads

    def _route_beside(self, routes: list[list[Point]], right: float) -> float:
        """Give each edge in `beside` a vertical lane right of everything, reusing lanes that are free again."""
        free: list[float] = []  # the y at which each lane becomes free, lane by lane
        for k in sorted(self.beside, key=lambda k: (routes[k][0][1], k)):
            (x0, y0), (x1, y1) = routes[k][0], routes[k][-1]
            lane = next((i for i, y in enumerate(free) if y < y0), None)
            if lane is None:
                lane = len(free)
                free.append(0.0)
            free[lane] = y1
            x = right + GAP_X + lane * LANE
            (x0, y0), (x1, y1) = routes[k][1], routes[k][-2]
            routes[k][1:-1] = [(x0, y0), (x, y0 + GAP_Y), (x, y1 - GAP_Y), (x1, y1)]
        return right + (GAP_X + len(free) * LANE if free else 0.0)


def _mean(neighbours: list[int], position: list[float], default: float) -> float:
    return sum(position[j] for j in neighbours) / len(neighbours) if neighbours else default


def _inversions(ends: list[float]) -> int:
    """Pairs out of order, by insertion into a sorted list (short, or nearly sorted, in practice)."""
    seen: list[float] = []
    total = 0
    for end in ends:
        # equal ends do not cross
        place = bisect_left(seen, end + 0.5)
        total += len(seen) - place
        seen.insert(place, end)
    return total


def _along(centre: float, half: float, wishes: list[float]) -> list[float]:
    """Places along the edge of a box for the ends of arrows that wish to be at `wishes`, in order."""
    room = max(half - 12.0, 0.0)
    step = min(18.0, 2 * room / max(len(wishes) - 1, 1))
    kept = [min(max(w, centre - room), centre + room) for w in wishes]
    places = _spread(kept, [1.0] * len(kept), [k * step for k in range(len(kept))])
    low, high, last = centre - room, centre + room, len(places) - 1
    return [min(max(p, low + k * step), high - (last - k) * step) for k, p in enumerate(places)]


def _spread(wishes: list[float], weights: list[float], offsets: list[float]) -> list[float]:
    """The places nearest to the wishes (weighted least squares) that keep each item `offsets` apart from the last.

    Pooling adjacent violators: items that would overlap move together, to the mean of what they want.
    """
    pools: list[tuple[float, float, int]] = []  # (sum of weight × wish, weight, number of items)
    for wish, weight, offset in zip(wishes, weights, offsets, strict=True):
        total, mass, count = weight * (wish - offset), weight, 1
        while pools and pools[-1][0] * mass >= total * pools[-1][1]:
            t, m, c = pools.pop()
            total, mass, count = total + t, mass + m, count + c
        pools.append((total, mass, count))
    starts = [total / mass for total, mass, count in pools for _ in range(count)]
    return [start + offset for start, offset in zip(starts, offsets, strict=True)]
