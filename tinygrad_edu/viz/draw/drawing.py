"""A graph and how to draw it: the options of a picture, and the part of the graph that it shows."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from numbers import Integral
from typing import Any, Self

from ..diagnose.detectors import find
from ..diagnose.finding import Finding
from ..model.graph_data import GraphData
from .color import COLORINGS

SHOW = ("shape", "value", "grad")
CHOICES = {
    "direction": ("TB", "LR"),
    "share": ("ghost", "once"),
    "engine": ("own", "dot"),
    "color": COLORINGS,
}


@dataclass(frozen=True)
class Drawing(GraphData):
    """A graph, the options of its picture, and its findings.

    direction   "TB": inputs at the top, the result at the bottom; "LR": from left to right
    show        what is written on a box: any of "shape", "value", "grad"
    share       "ghost": a leaf with many uses is drawn at each of them; "once": it is drawn once, with long arrows
    max_nodes   above this many boxes, modules collapse, then repeated steps fold, then distant nodes are left out; loops fold
                above a quarter of it
    depth       an overview: modules of this depth are one box each, and a run of equal ones is folded ("Linear, relu × 12")
    color       what the color of a box shows: "role", "grad" (its norm), "value" (its magnitude, max |x|), "bytes", "time",
                "order", "module"
    engine      "own", or "dot": Graphviz places the boxes, if it is installed and the graph is not too large for it
    only        the ids to draw, None for all
    remarks     text above the picture
    refused     why the requested engine failed, if it did: then it is not tried again
    """

    direction: str = "TB"
    show: tuple[str, ...] = SHOW
    share: str = "ghost"
    max_nodes: int = 400
    depth: int | None = None
    color: str = "role"
    engine: str = "own"
    only: frozenset[int] | None = None
    remarks: tuple[str, ...] = ()
    refused: list[str] = field(default_factory=list, repr=False, compare=False)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """The findings of all detectors, each with its node, the reason and a suggestion."""
        return find(self)

    def with_options(self, **options: Any) -> Self:
        """The same graph drawn another way: direction, show, share, max_nodes, depth, color, engine."""
        return replace(self, **checked(**options), refused=[])


OPTIONS = (*CHOICES, "show", "max_nodes", "depth")


def checked(**options: Any) -> dict[str, Any]:
    """The options of a drawing, if they are valid; `show` becomes a tuple.

    Raises TypeError for an unknown option or a count that is not an integer, and ValueError for other invalid values.
    """
    for key, value in options.items():
        if key not in OPTIONS:
            raise TypeError(f"graph: there is no option {key}; the options are {', '.join(OPTIONS)}")
        if key in CHOICES and value not in CHOICES[key]:
            raise ValueError(f"graph: {key} must be one of {', '.join(map(repr, CHOICES[key]))}, got {value!r}")
    if "show" in options:
        show = options["show"] = tuple([options["show"]] if isinstance(options["show"], str) else options["show"])
        if not set(show) <= set(SHOW):
            raise ValueError(f"graph: show may contain only {', '.join(map(repr, SHOW))}, got {show!r}")
    for key in options.keys() & {"max_nodes", "depth"}:
        _check_count(key, options[key])
    return options


def _check_count(key: str, value: Any) -> None:
    other = ", or None for the whole graph" if key == "depth" else ""
    if value is None and other:
        return
    if not isinstance(value, Integral):
        raise TypeError(f"graph: {key} must be an integer{other}, got {value!r}")
    if value < 1:
        raise ValueError(f"graph: {key} must be at least 1{other}, got {value!r}")
