"""The finished drawing: the height of each rank, and the route of each edge from its source to its target."""

from __future__ import annotations

from dataclasses import dataclass

from .coordinates import GAP, spread
from .lanes import LANE, Point, Ranked

GAP_RANKS = 40.0  # pixels between ranks
GAP_BORDER = 14.0  # above the lower border of a frame


@dataclass
class Layout:
    """Centers of the boxes, and the points that each edge passes through, from its source's bottom to its target's top."""

    centers: list[Point]
    routes: list[list[Point]]
    width: float
    height: float


def routed(drawing: Ranked, rows: list[list[int]], x: list[float]) -> Layout:
    """The drawing: heights of the ranks, and the route of each edge."""
    top, bottom, tops, heights = 0.0, 0.0, [], []
    for row in rows:
        height = max((drawing.sizes[i][1] for i in row if i < drawing.n), default=0.0)
        tops.append(top)
        heights.append(height)
        bottom = top + height
        reach = max((abs(x[i] + drawing.shift.get((i, j), 0.0) - x[j]) for i in row for j in drawing.down[i]), default=0.0)
        gap = GAP_RANKS if len(tops) < len(rows) - bool(drawing.ends.bottom) else GAP_BORDER
        top = bottom + gap + min(40.0, reach / 16)  # wide edges get more vertical room, so that the curves are not too flat
    left = min(x[i] - drawing.width[i] / 2 for i in range(len(x)))
    x = [v - left for v in x]
    right = max(x[i] + drawing.width[i] / 2 for i in range(len(x)))
    centers = []
    for i in range(drawing.n):
        r, height = drawing.rank[i], drawing.sizes[i][1]
        low = not drawing.inputs[i] and heights[r] > 2 * height  # next to something tall, a leaf is placed near its use
        centers.append((x[i], tops[r] + (heights[r] - height / 2 if low else heights[r] / 2)))
    feet, heads = _ports(drawing, x)
    routes = []
    for k, (source, target) in enumerate(drawing.edges):
        start = (feet[k], centers[source][1] + drawing.sizes[source][1] / 2)
        end = (heads[k], centers[target][1] - drawing.sizes[target][1] / 2)
        through = [(start[0], tops[drawing.rank[source]] + heights[drawing.rank[source]])]  # it bends only between the rows
        for lane in drawing.lanes[k]:
            r = drawing.rank[lane]
            through += [(x[lane], tops[r]), (x[lane], tops[r] + heights[r])]
        through.append((end[0], tops[drawing.rank[target]]))
        routes.append([start, *through, end])
    right = _route_beside(drawing, routes, right)
    return Layout(centers, routes, right, bottom)


def _ports(drawing: Ranked, x: list[float]) -> tuple[list[float], list[float]]:
    """Where each edge leaves and enters: as close to a straight line as the box's width allows, and side by side."""
    feet, heads = [0.0] * len(drawing.edges), [0.0] * len(drawing.edges)
    out: list[dict[tuple[float, int], list[int]]] = [
        {} for _ in range(drawing.n)
    ]  # (x, next stop) -> edges that leave together
    into: list[list[tuple[float, int]]] = [[] for _ in range(drawing.n)]
    far = max(x) + 1

    def straight(i: int, stop: int, fixed: float | None) -> float:
        """The x at which the arrow is vertical: that of a lane or a fixed end; or halfway to another box."""
        return x[stop] + (fixed or 0.0) if stop >= drawing.n or fixed is not None else (x[i] + x[stop]) / 2

    for k, (source, target) in enumerate(drawing.edges):
        stops = [source, *drawing.lanes[k], target]
        direct = len(stops) == 2
        foot, head = drawing.ends.feet.get(k) if direct else None, drawing.ends.heads.get(k) if direct else None
        leaves = far if k in drawing.beside else straight(source, stops[1], head)
        out[source].setdefault((leaves, -1 if k in drawing.beside else stops[1]), []).append(k)
        into[target].append((far if k in drawing.beside else straight(target, stops[-2], foot), k))
    for i in range(drawing.n):
        half = drawing.width[i] / 2
        came = sorted(into[i])
        for place, (_, k) in zip(_along(x[i], half, [at for at, _ in came]), came, strict=True):
            heads[k] = x[i] + drawing.ends.heads[k] if k in drawing.ends.heads else place
        left = sorted(out[i])
        for place, stop in zip(_along(x[i], half, [at for at, _ in left]), left, strict=True):
            for k in out[i][stop]:
                feet[k] = x[i] + drawing.ends.feet[k] if k in drawing.ends.feet else place
    return feet, heads


def _route_beside(drawing: Ranked, routes: list[list[Point]], right: float) -> float:
    """Give each edge in `beside` a vertical lane to the right of everything, reusing free lanes."""
    free: list[float] = []  # for each lane, the y at which it becomes free
    for k in sorted(drawing.beside, key=lambda k: (routes[k][0][1], k)):
        (x0, y0), (x1, y1) = routes[k][0], routes[k][-1]
        lane = next((i for i, y in enumerate(free) if y < y0), None)
        if lane is None:
            lane = len(free)
            free.append(0.0)
        free[lane] = y1
        x = right + GAP + lane * LANE
        (x0, y0), (x1, y1) = routes[k][1], routes[k][-2]
        routes[k][1:-1] = [(x0, y0), (x, y0 + GAP_RANKS), (x, y1 - GAP_RANKS), (x1, y1)]
    return right + (GAP + len(free) * LANE if free else 0.0)


def _along(center: float, half: float, wishes: list[float]) -> list[float]:
    """Positions along the side of a box for the ends of arrows, close to `wishes` and in order."""
    room = max(half - 12.0, 0.0)
    step = min(18.0, 2 * room / max(len(wishes) - 1, 1))
    kept = [min(max(w, center - room), center + room) for w in wishes]
    places = spread(kept, [1.0] * len(kept), [k * step for k in range(len(kept))])
    low, high, last = center - room, center + room, len(places) - 1
    return [min(max(p, low + k * step), high - (last - k) * step) for k, p in enumerate(places)]
