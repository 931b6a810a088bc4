"""The order of boxes and lanes within each rank, with few edge crossings (Sugiyama, Tagawa & Toda 1981)."""

from __future__ import annotations

from bisect import bisect_left

from .lanes import Ranked

SWEEPS = 12


def _first_order(drawing: Ranked) -> list[list[int]]:
    """The order of a depth-first search from the results, inputs in argument order: for a tree, it has no crossings."""
    rows: list[list[int]] = [[] for _ in range(max(drawing.rank, default=0) + 1)]
    seen = [False] * len(drawing.width)
    for root in reversed(range(drawing.n)):
        stack = [root]
        while stack:
            i = stack.pop()
            if seen[i]:
                continue
            seen[i] = True
            rows[drawing.rank[i]].append(i)
            stack.extend(reversed(drawing.up[i]))
    return rows


def ordered_rows(drawing: Ranked) -> list[list[int]]:
    """The items of each rank from left to right: of the orders tried in sweeps, the one with the fewest crossings."""
    rows = _first_order(drawing)
    position = [0.0] * len(drawing.width)

    def number(row: list[int]) -> None:
        for p, i in enumerate(row):
            position[i] = p

    for row in rows:
        number(row)
    companion = _companions(drawing)
    best, fewest, stuck = [row[:] for row in rows], _crossings(drawing, rows, position), 0
    for sweep in range(SWEEPS):
        if fewest == 0 or stuck == 4:
            break
        neighbors = drawing.down if sweep % 2 else drawing.up
        for row in reversed(rows) if sweep % 2 else rows:
            wish = {i: _mean(neighbors[i] or neighbors[companion[i]], position, position[i]) for i in row}
            row.sort(key=wish.__getitem__)  # stable: ties keep their order
            number(row)
        crossings = _crossings(drawing, rows, position)
        stuck += 1
        if crossings < fewest:
            best, fewest, stuck = [row[:] for row in rows], crossings, 0
    return best


def _companions(drawing: Ranked) -> list[int]:
    """For each item, the one that it stays next to: for a box without inputs, the deepest item used with it; else itself."""
    companion = list(range(len(drawing.width)))
    for i in range(drawing.n):
        if not drawing.inputs[i] and drawing.down[i]:
            companion[i] = max(drawing.up[drawing.down[i][0]], key=lambda j: (drawing.depth[j], j == i))
    return companion


def _crossings(drawing: Ranked, rows: list[list[int]], position: list[float]) -> int:
    """The number of edge crossings, by counting inversions from rank to rank."""
    total = 0
    for row in rows:
        ends = [position[d] for i in row for d in sorted(drawing.down[i], key=position.__getitem__)]
        total += inversions(ends)
    return total


def _mean(neighbors: list[int], position: list[float], default: float) -> float:
    return sum(position[j] for j in neighbors) / len(neighbors) if neighbors else default


def inversions(ends: list[float]) -> int:
    """The number of pairs out of order, by insertion into a sorted list: `ends` is short, or nearly sorted, in practice."""
    seen: list[float] = []
    total = 0
    for end in ends:
        # equal ends do not cross
        place = bisect_left(seen, end + 0.5)
        total += len(seen) - place
        seen.insert(place, end)
    return total
