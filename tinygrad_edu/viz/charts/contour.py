"""Contour lines of a surface given on a grid."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

import numpy as np

End: TypeAlias = tuple[float, float, tuple[int, ...]]


def contour_lines(values: np.ndarray, level: float) -> list[np.ndarray]:
    """Lines [n, (column, row)] along which `values` crosses `level`; a closed line ends where it begins.

    Each is joined from its segments in the cells of the grid (marching squares).

    >>> [line.tolist() for line in contour_lines(np.array([[0.0, 1.0], [0.0, 1.0], [0.0, 1.0]]), 0.25)]
    [[[0.25, 2.0], [0.25, 1.0], [0.25, 0.0]]]
    """
    return [np.array([(x, y) for x, y, _ in line]) for line in _joined(_segments(values, level))]


def regions(values: np.ndarray, level: float) -> list[np.ndarray]:
    """Closed lines [n, (column, row)] around the regions where `values` >= `level`: counterclockwise; clockwise for holes.

    A region that touches the edge of the grid is closed along it.

    >>> regions(np.array([[1.0, 0.0], [1.0, 0.0]]), 0.5)[0].round(3).tolist()
    [[0.0, 0.0], [0.0, 0.0], [0.5, 0.0], [0.5, 1.0], [0.0, 1.0], [0.0, 1.0]]
    """
    padded = np.pad(np.asarray(values, float), 1, constant_values=-1e9)
    edge = values.shape[1] - 1, values.shape[0] - 1
    rings = _joined(_segments(padded, level))
    return [np.clip(np.array([(x, y) for x, y, _ in ring[:-1]]) - 1, 0, edge) for ring in rings]


def _joined(segments: Iterable[tuple[End, End]]) -> list[list[End]]:
    """The segments, joined end to end into lines; first the lines that end at the edge of the grid."""
    after = {start[2]: (start, end) for start, end in segments}
    ends = {end[2] for _, end in after.values()}
    lines = []
    for key in [key for key in after if key not in ends] + list(after):
        if key not in after:  # already part of a line
            continue
        start, end = after.pop(key)
        line = [start, end]
        while end[2] in after:
            end = after.pop(end[2])[1]
            line.append(end)
        lines.append(line)
    return lines


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
            cuts = [cuts[3], *cuts[:3]]  # a saddle: the value at the center decides which corners are connected
        for (p, enters), (q, _) in zip(cuts[::2], cuts[1::2], strict=True):
            yield (q, p) if enters else (p, q)


def _cut(p: tuple[int, int, Any], q: tuple[int, int, Any], level: float) -> End:
    p, q = min(p, q), max(p, q)  # gives the same numbers in both cells that share the edge
    part = (level - p[2]) / (q[2] - p[2]) if math.isfinite(p[2]) and math.isfinite(q[2]) else 0.5
    return float(p[0] + part * (q[0] - p[0])), float(p[1] + part * (q[1] - p[1])), (*p[:2], *q[:2])
