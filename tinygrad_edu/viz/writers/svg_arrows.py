"""The arrows of an SVG picture: their lines, their heads, and the labels next to the heads."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import NamedTuple

from ..draw.boxes import Box
from ..draw.lanes import Point
from ..render.markup import coordinate as n
from ..render.markup import tag
from ..render.style import pixels

LABEL = 10.0  # font size


class Label(NamedTuple):
    """The label next to an arrow's head: its text, whether that ends at the arrow or starts there, and the offset from it."""

    words: str
    ends: bool
    shift: Point


def arrow_labels(arrows: list[tuple[int, int, str]], heads: list[float], across: bool) -> list[Label]:
    """The label of each arrow: to the right of its head, or to the left if there is room only there, or else none.

    across   whether arrows run from left to right: then all labels are to the left of the heads
    """
    if across:  # heads are above one another, so each has its own line
        return [Label(words, True, (-10.0, -5.0)) for _, _, words in arrows]
    found = [Label("", False, (0.0, 0.0))] * len(arrows)
    into: dict[int, list[int]] = {}
    for k in sorted(range(len(arrows)), key=heads.__getitem__):
        into.setdefault(arrows[k][1], []).append(k)
    for beside in into.values():
        free = -math.inf  # where the room to the left of the head begins
        for place, k in enumerate(beside):
            words = arrows[k][2]
            last = place == len(beside) - 1
            room = math.inf if last else heads[beside[place + 1]] - heads[k]
            if pixels(words, LABEL) + 10 <= room:
                found[k] = Label(words, False, (5.0, -8.0))
            elif pixels(words, LABEL) + 10 <= heads[k] - free:
                found[k] = Label(words, True, (-5.0, -8.0))
            free = heads[k] + (5.0 + pixels(words, LABEL) if found[k].words and not found[k].ends else 0.0)
    return found


def arrow(source: Box, ends: tuple[int, int], route: list[Point], label: Label, across: bool, curved: bool) -> str:
    """One arrow, along its route, with its head and its label."""
    x, y = route[-1]
    end = (x - 3, y) if across else (x, y - 3)  # the head reaches the box; the line stops just before it
    points = [*route[:-1], end]
    if curved:
        way = "C" + " ".join(f"{n(px)} {n(py)}" for px, py in points[1:])
    else:
        way = "".join(_curve(p, q, across) for p, q in pairwise(points) if p != q)
    wings = ((-8, -4), (-8, 4)) if across else ((-4, -8), (4, -8))
    head = f"M{n(x)} {n(y)}" + "".join(f"L{n(x + dx)} {n(y + dy)}" for dx, dy in wings) + "Z"
    kind = "tg-edge" if source.node.op else "tg-edge tg-quiet"
    out = tag("path", class_=kind, d=f"M{n(points[0][0])} {n(points[0][1])}{way}")
    out += tag("path", class_=f"{kind} tg-head", d=head)
    if label.words:
        dx, dy = label.shift
        out += tag("text", label.words, class_="tg-label", x=x + dx, y=y + dy, text_anchor="end" if label.ends else None)
    return tag("g", inside=out, class_="tg-arrow", **{"data-from": str(ends[0]), "data-to": str(ends[1])})


def _curve(p: Point, q: Point, across: bool) -> str:
    """From p to q: a line if it is straight ahead, otherwise an S that starts and ends straight ahead."""
    (x0, y0), (x1, y1) = p, q
    if abs(y0 - y1 if across else x0 - x1) < 0.5:
        return f"L{n(x1)} {n(y1)}"
    middle = (x0 + x1) / 2 if across else (y0 + y1) / 2
    first, second = ((middle, y0), (middle, y1)) if across else ((x0, middle), (x1, middle))
    return f"C{n(first[0])} {n(first[1])} {n(second[0])} {n(second[1])} {n(x1)} {n(y1)}"
