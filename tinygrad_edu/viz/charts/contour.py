"""Lines of equal height of a surface that is known on a grid."""

from __future__ import annotations

import math
from typing import Any

import numpy as np


def marching_squares(values: np.ndarray, level: float) -> np.ndarray:
    """Segments [n, 2 ends, (column, row)] along which `values` crosses `level`, cell by cell.

    >>> marching_squares(np.array([[0.0, 1.0], [0.0, 1.0]]), 0.25).tolist()
    [[[0.25, 0.0], [0.25, 1.0]]]
    """
    v = np.where(np.isfinite(values), values, np.inf)
    a, b, c, d = v[:-1, :-1], v[:-1, 1:], v[1:, 1:], v[1:, :-1]  # around a cell, from its lower left corner
    found = []
    row, column = np.nonzero((np.minimum.reduce([a, b, c, d]) < level) & (np.maximum.reduce([a, b, c, d]) >= level))
    for i, j in zip(row.tolist(), column.tolist(), strict=True):
        corners = [(j, i, v[i, j]), (j + 1, i, v[i, j + 1]), (j + 1, i + 1, v[i + 1, j + 1]), (j, i + 1, v[i + 1, j])]
        cuts = [
            _cut(p, q, level)
            for p, q in zip(corners, (*corners[1:], corners[0]), strict=True)
            if (p[2] < level) != (q[2] < level)
        ]
        if len(cuts) == 4 and (sum(p[2] for p in corners) / 4 < level) == (corners[0][2] < level):
            cuts = [cuts[3], *cuts[:3]]  # a saddle: the side of the middle decides which corners are joined
        found += [sorted(cuts[k : k + 2], key=lambda p: p[1]) for k in range(0, len(cuts), 2)]
    return np.array(found, float).reshape(-1, 2, 2)


def _cut(p: tuple[float, float, Any], q: tuple[float, float, Any], level: float) -> tuple[float, float]:
    if not math.isfinite(p[2]) or not math.isfinite(q[2]):
        part = 0.5
    else:
        part = (level - p[2]) / (q[2] - p[2])
    return float(p[0] + part * (q[0] - p[0])), float(p[1] + part * (q[1] - p[1]))
