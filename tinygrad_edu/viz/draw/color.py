"""Coloring boxes by a quantity or a module instead of their role, which shows vanishing gradients or exploding values."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ..._language import translate
from ..model.graph_data import Node
from ..model.selection import percent
from ..model.summary import Summary
from ..render.number_format import bytes_text, number, seconds_text
from ..render.style import SERIES

if TYPE_CHECKING:
    from .boxes import Box

PALE, STRONG = 0.04, 0.55  # opacities: text stays legible on both, in light and dark mode
OF_MODULES = 0.3
SAME = 1e-6  # ends of the scale that are closer than this differ only by rounding: then all boxes have one color


class Quantity(NamedTuple):
    """A quantity that colors can represent.

    name      its name in menus; `what` is its name in sentences
    of        its value for a node, None if unknown
    text      formats a value
    added_up  True: a box shows the sum over its members; False: the value of the last one
    linear    True: the color is linear in the value; False: in its logarithm
    """

    name: str
    what: str
    of: Callable[[Node], float | None]
    text: Callable[[float], str]
    added_up: bool = False
    linear: bool = False


def _norm(n: Node) -> float | None:
    return None if n.grad is None else n.grad.norm


def _extent(s: Summary) -> float | None:
    """The largest distance of a finite value from 0: max |x|, which unlike max - min is meaningful for a single number."""
    return None if s.min is None or s.max is None else max(abs(s.min), abs(s.max))


QUANTITIES = {
    "grad": Quantity("gradient norm", "gradient norm", _norm, number),
    "value": Quantity("magnitude", "largest magnitude, max |x|", lambda n: _extent(n.value), number),
    "bytes": Quantity("memory", "memory", lambda n: float(n.bytes), lambda v: bytes_text(int(v)), added_up=True),
    "time": Quantity(
        "time", "time of the forward function, measured by viz.trace()", lambda n: n.time, seconds_text, added_up=True
    ),
    "order": Quantity("order", "order", lambda n: float(n.id + 1), lambda v: f"#{int(v) - 1}", linear=True),
}
CHANGE = Quantity("change", "change since the first graph", lambda n: n.details.get("change"), percent)
COLORINGS = ("role", *QUANTITIES, "module")


class Coloring(NamedTuple):
    """The color and opacity of each box (None: not colored), and a text that explains the colors."""

    fills: list[tuple[str, float] | None]
    meaning: str


def coloring(nodes: Sequence[Node], boxes: Sequence[Box], by: str) -> Coloring:
    """The colors of boxes by a quantity, or by "module"."""
    if by == "module":
        names = list(dict.fromkeys(b.node.module for b in boxes if b.node.module))
        hues = {name: SERIES[k % len(SERIES)][0] for k, name in enumerate(names)}
        return Coloring(
            [(hues[b.node.module], OF_MODULES) if b.node.module else None for b in boxes], translate("color: module")
        )
    quantity = CHANGE if by == "change" else QUANTITIES[by]
    if quantity.added_up:
        parts = [[size for m in b.members if (size := quantity.of(nodes[m])) is not None] for b in boxes]
        sizes = [sum(known) if known else None for known in parts]
    else:
        sizes = [quantity.of(b.node) for b in boxes]
    known = sorted(v for v in sizes if v is not None and v > 0)
    if not known:
        return Coloring(
            [None] * len(boxes), translate("color: {what}, unknown or 0 for every node").format(what=translate(quantity.what))
        )
    scale = (lambda v: v) if quantity.linear else math.log10
    low, high = scale(known[0]), scale(known[-1])
    fills: list[tuple[str, float] | None] = []
    for v in sizes:
        if v is None or not v > 0:
            fills.append(None)
        else:
            part = (scale(v) - low) / (high - low) if high - low > SAME else 1.0
            fills.append((SERIES[0][0], PALE + (STRONG - PALE) * part))
    ends = {"low": quantity.text(known[0]), "high": quantity.text(known[-1])}
    return Coloring(
        fills, translate("color: {what}, from {low} (pale) to {high} (strong)").format(what=translate(quantity.what), **ends)
    )
