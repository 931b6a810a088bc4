"""Contour lines of a surface given on a grid."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy as np

End: TypeAlias = tuple[float, float, tuple[int, ...]]


def marching_squares(values: np.ndarray, level: float) -> np.ndarray:
    """Segments [n, 2 ends, (column, row)] along which `values` crosses `level`, cell by cell.

    >>> marching_squares(np.array([[0.0, 1.0], [0.0, 1.0]]), 0.25).tolist()
    [[[0.25, 0.0], [0.25, 1.0]]]
    """
    found = [sorted(((a, b) for a, b, _ in ends), key=lambda p: p[1]) for ends in _segments(values, level)]
    return np.array(found, float).reshape(-1, 2, 2)


def regions(values: np.ndarray, level: float) -> list[np.ndarray]:
    """Closed lines [n, (column, row)] around the regions where `values` >= `level`: counter-clockwise; clockwise for holes.

    A region that touches the edge of the grid is closed there.

    >>> regions(np.array([[1.0, 0.0], [1.0, 0.0]]), 0.5)[0].round(3).tolist()
    [[0.5, 1.0], [0.0, 1.0], [0.0, 1.0], [0.0, 0.0], [0.0, 0.0], [0.5, 0.0]]
    """
    padded = np.pad(np.asarray(values, float), 1, constant_values=-1e9)
    after = {start[2]: (start, end) for start, end in _segments(padded, level)}
    rings = []
    while after:
        first, (start, end) = after.popitem()
        ring = [start]
        while end[2] != first:
            start, end = after.pop(end[2])
            ring.append(start)
        edge = values.shape[1] - 1, values.shape[0] - 1
        rings.append(np.clip(np.array([(x, y) for x, y, _ in ring]) - 1, 0, edge))
    return rings


def _segments(values: np.ndarray, level: float) -> Iterator[tuple[End, End]]:
    """The segments of the line, cell by cell, each with the larger values on its left if rows point up.

    An end is its column, its row and the grid edge that it is on, which it shares with the next segment.
    """
    v = np.where(np.isfinite(values), values, np.inf)
    a, b, c, d = v[:-1, :-1], v[:-1, 1:], v[1:, 1:], v[1:, :-1]  # around a cell, from its lower left corner
    row, column = np.nonzero((np.minimum.reduce([a, b, c, d]) < level) & (np.maximum.reduce([a, b, c, d]) >= level))
    for i, j in zip(row.tolist(), column.tolist(), strict=True):
        corners = [(j, i, v[i, j]), (j + 1, i, v[i, j + 1]), (j + 1, i + 1, v[i + 1, j + 1]), (j, i + 1, v[i + 1, j])]
        cuts = [
            (_cut(p, q, level), bool(p[2] < level))
            for p, q in zip(corners, (*corners[1:], corners[0]), strict=True)
            if (p[2] < level) != (q[2] < level)
        ]
        if len(cuts) == 4 and (sum(p[2] for p in corners) / 4 < level) == (corners[0][2] < level):
            cuts = [cuts[3], *cuts[:3]]  # a saddle: the value at the centre decides which corners are connected
        for (p, enters), (q, _) in zip(cuts[::2], cuts[1::2], strict=True):
            yield (q, p) if enters else (p, q)


def _cut(p: tuple[int, int, Any], q: tuple[int, int, Any], level: float) -> End:
    p, q = min(p, q), max(p, q)  # gives the same numbers in both cells that share the edge
    part = (level - p[2]) / (q[2] - p[2]) if math.isfinite(p[2]) and math.isfinite(q[2]) else 0.5
    return float(p[0] + part * (q[0] - p[0])), float(p[1] + part * (q[1] - p[1])), (*p[:2], *q[:2])
