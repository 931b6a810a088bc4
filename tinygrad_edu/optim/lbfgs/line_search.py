"""The line search of LBFGS: how far to move along a direction."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from ..bucket import Array


class Point(NamedTuple):
    """A point that a line search has evaluated."""

    t: float
    f: float
    g: Array
    slope: float  # g·d, the derivative of f along the line


def strong_wolfe(
    along: Callable[[float], Point],
    start: Point,
    t: float,
    size: float,
    tolerance_change: float,
    max_calls: int,
    c1: float = 1e-4,
    c2: float = 0.9,
) -> tuple[Point, int]:
    """A point along the line that satisfies the strong Wolfe conditions, or the best one found, and the number of evaluations.

    along: f and its derivative at step t. start: the point at t = 0. size: the largest absolute element of d, for the
    tolerance.
    """

    def too_high(point: Point) -> bool:
        return point.f > start.f + c1 * point.t * start.slope

    def flat_enough(point: Point) -> bool:
        return abs(point.slope) <= -c2 * start.slope

    # Move on until two points bracket a suitable one.
    before, here, calls = start, along(t), 1
    looked = 0
    bracket = None
    while looked < max_calls:
        worse = too_high(here) or (looked > 1 and here.f >= before.f)
        if flat_enough(here) and not worse:
            return here, calls
        if worse or here.slope >= 0:
            bracket = [before, here]
            break
        t = _cubic_minimum(before, here, here.t + 0.01 * (here.t - before.t), 10 * here.t)
        before, here = here, along(t)
        calls += 1
        looked += 1
    if bracket is None:
        bracket = [start, here]

    # Narrow the bracket.
    low = 0 if bracket[0].f <= bracket[1].f else 1
    near_an_end = False
    while looked < max_calls and abs(bracket[1].t - bracket[0].t) * size >= tolerance_change:
        left, right = sorted(point.t for point in bracket)
        t = _cubic_minimum(bracket[0], bracket[1], left, right)
        margin = 0.1 * (right - left)
        if min(right - t, t - left) < margin:
            if near_an_end or t >= right or t <= left:  # twice near an end, or exactly at one: move away from it
                t = right - margin if abs(t - right) < abs(t - left) else left + margin
                near_an_end = False
            else:
                near_an_end = True
        else:
            near_an_end = False
        here = along(t)
        calls += 1
        looked += 1
        if too_high(here) or here.f >= bracket[low].f:
            bracket[1 - low] = here
            low = 0 if bracket[0].f <= bracket[1].f else 1
        else:
            if here.slope * (bracket[1 - low].t - bracket[low].t) >= 0:
                bracket[1 - low] = bracket[low]
            bracket[low] = here
            if flat_enough(here):
                break
    return bracket[low], calls


def _cubic_minimum(a: Point, b: Point, least: float, most: float) -> float:
    """The minimum within [least, most] of the cubic through both points with their slopes; the middle if it has none.

    Nocedal & Wright, equation 3.59.
    """
    if a.t > b.t:
        a, b = b, a
    d1 = a.slope + b.slope - 3 * (a.f - b.f) / (a.t - b.t)
    square = d1 * d1 - a.slope * b.slope
    if not square >= 0:
        return (least + most) / 2
    d2 = math.sqrt(square)
    t = b.t - (b.t - a.t) * ((b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2))
    return min(max(t, least), most)
