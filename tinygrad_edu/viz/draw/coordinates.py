"""Positions of the boxes and lanes of ordered ranks: each as close as possible to its neighbors, without overlaps."""

from __future__ import annotations

from .lanes import Ranked

GAP = 22.0  # pixels between boxes
SWEEPS = 4


def coordinates(drawing: Ranked, rows: list[list[int]]) -> list[float]:
    """The x coordinate of the center of each item, as close to its neighbors as the others allow."""
    x = [0.0] * len(drawing.width)
    offsets: list[list[float]] = []  # of each item in its row, packed as closely as the gap allows
    for row in rows:
        at, here = 0.0, []
        for k, i in enumerate(row):
            if k:
                at += (drawing.width[row[k - 1]] + drawing.width[i]) / 2 + _gap(drawing, row[k - 1], i)
            here.append(at)
        offsets.append(here)
        for k, i in enumerate(row):
            x[i] = here[k] - here[-1] / 2
    above = [[(j, drawing.shift.get((j, i), 0.0)) for j in _pull(drawing, i, drawing.up[i])] for i in range(len(x))]
    below = [[(j, -drawing.shift.get((i, j), 0.0)) for j in _pull(drawing, i, drawing.down[i])] for i in range(len(x))]
    # leaves yield to everything else, branches to the trunk, lanes to boxes: a deep skip connection must not displace its block
    firm = [(1.0 + depth) ** 4 * (1.0 if i < drawing.n else 1e-3) for i, depth in enumerate(drawing.depth)]
    for _ in range(SWEEPS):
        _sweep(rows, above, firm, offsets, x)
        _sweep(rows, below, firm, offsets, x, upwards=True)
    # the trunk is placed: move leaves to their uses, then items with only leaf inputs to the middle of those, then leaves again
    leaves = [1.0 if i < drawing.n and not drawing.inputs[i] and i not in drawing.ends.top else 1e9 for i in range(len(x))]
    leaf_wishes = [below[i] if leaves[i] == 1.0 else [(i, 0.0)] for i in range(len(x))]
    _sweep(rows, leaf_wishes, leaves, offsets, x)
    _sweep(rows, above, firm, offsets, x)
    _sweep(rows, leaf_wishes, leaves, offsets, x)
    _set_upright(drawing, rows, x)
    return x


def _set_upright(drawing: Ranked, rows: list[list[int]], x: list[float]) -> None:
    """Straighten a drawing whose rows drift sideways by more than the widest row, which off-center arrows can cause."""
    ends = [(x[row[0]] - drawing.width[row[0]] / 2, x[row[-1]] + drawing.width[row[-1]] / 2) for row in rows]
    middle = (len(ends) - 1) / 2
    spread = sum((r - middle) ** 2 for r in range(len(ends))) or 1.0
    lean = sum((r - middle) * (low + high) / 2 for r, (low, high) in enumerate(ends)) / spread  # pixels per row
    if abs(lean) * len(ends) > max(high - low for low, high in ends):
        for r, row in enumerate(rows):
            for i in row:
                x[i] -= lean * r


def _sweep(
    rows: list[list[int]],
    pulls: list[list[tuple[int, float]]],
    weights: list[float],
    offsets: list[list[float]],
    x: list[float],
    upwards: bool = False,
) -> None:
    """Place each row by the neighbors that pull it, row by row, so that a shift propagates through the whole height."""
    for r in reversed(range(len(rows))) if upwards else range(len(rows)):
        row = rows[r]
        wishes = [sum(x[j] + s for j, s in pulls[i]) / len(pulls[i]) if pulls[i] else x[i] for i in row]
        for i, place in zip(row, spread(wishes, [weights[i] for i in row], offsets[r]), strict=True):
            x[i] = place


def _gap(drawing: Ranked, left: int, right: int) -> float:
    return GAP if left < drawing.n and right < drawing.n else GAP * 0.7


def _pull(drawing: Ranked, i: int, neighbors: list[int]) -> list[int]:
    """The neighbors that determine the position of i: lanes for a lane, the deeper ops for a box; if it has none, others."""
    lanes = [j for j in neighbors if j >= drawing.n]
    deep = max((drawing.depth[j] for j in neighbors), default=0) / 2
    ops = [j for j in neighbors if j < drawing.n and (drawing.inputs[j] or j in drawing.ends.top) and drawing.depth[j] >= deep]
    return (lanes or ops or neighbors) if i >= drawing.n else (ops or lanes or neighbors)


def spread(wishes: list[float], weights: list[float], offsets: list[float]) -> list[float]:
    """The positions closest to `wishes` (weighted least squares) that are at least as far apart as `offsets`.

    Pooling adjacent violators: items that would overlap move together, to the weighted mean of their wishes.
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
