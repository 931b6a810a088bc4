"""Boxes coloured by a quantity instead of by their role: gradients that vanish, values that explode, memory, time, modules."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from ..model.graph_data import Node
from ..model.summary import Summary
from ..render.number_format import bytes_text, number, seconds_text
from ..render.style import SERIES
from .view import Box

PALE, STRONG = 0.04, 0.55  # opacities: text stays legible on both, in light and dark


def extent(s: Summary) -> float | None:
    """How far from 0 the finite values reach: max |x|, which a single number has, too, where max - min says nothing."""
    return None if s.min is None or s.max is None else max(abs(s.min), abs(s.max))


QUANTITIES: dict[str, tuple[str, Callable[[Node], float | None], Callable[[float], str]]] = {
    "grad": ("gradient norm", lambda n: None if n.grad is None else n.grad.norm, number),
    "value": ("value range, max |x|", lambda n: extent(n.value), number),
    "bytes": ("memory", lambda n: float(n.bytes), lambda v: bytes_text(int(v))),
    "time": ("time of the forward function, seen by viz.trace()", lambda n: n.time, seconds_text),
    "order": ("order", lambda n: float(n.id + 1), lambda v: f"#{int(v) - 1}"),
}
"""Name -> (what it is, the quantity of a node, how it is written)."""
ADDED_UP = ("bytes", "time")  # over the members of a box; of the others the last member's is shown

COLOURS = ("role", *QUANTITIES, "module")


def tints(nodes: Sequence[Node], boxes: Sequence[Box], by: str) -> tuple[list[str | None], str]:
    """A style for each box (None: as its role), and a sentence that says what the colour means."""
    if by == "role":
        return [None] * len(boxes), ""
    if by == "module":
        names = list(dict.fromkeys(b.node.module for b in boxes if b.node.module))
        hues = {name: SERIES[k % len(SERIES)][0] for k, name in enumerate(names)}
        return [_style(hues.get(b.node.module), 0.3) for b in boxes], "colour: module"
    what, quantity, written = QUANTITIES[by]
    if by in ADDED_UP:
        parts = [[size for m in b.members if (size := quantity(nodes[m])) is not None] for b in boxes]
        sizes = [sum(known) if known else None for known in parts]
    else:
        sizes = [quantity(b.node) for b in boxes]
    scale = (lambda v: v) if by == "order" else math.log10
    known = sorted(v for v in sizes if v is not None and v > 0)
    if not known:
        return [_style(None, 0)] * len(boxes), f"colour: {what}, of which none is known"
    low, high = scale(known[0]), scale(known[-1])
    out: list[str | None] = []
    for v in sizes:
        part = (scale(v) - low) / (high - low) if v is not None and v > 0 and high > low else 1.0
        out.append(_style(SERIES[0][0] if v is not None and v > 0 else None, PALE + (STRONG - PALE) * part))
    return out, f"colour: {what}, from {written(known[0])} (pale) to {written(known[-1])} (strong)"


def _style(colour: str | None, opacity: float) -> str:
    return f"fill:{colour};fill-opacity:{opacity:.3f}" if colour else "fill-opacity:0"
