"""Who watches the engine: called for each recorded result, each result without a graph, each node of a backward pass."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .node import Node

on_result: Callable[[Any], None] | None = None


def set_observer(observer: Callable[[Any], None] | None) -> Callable[[Any], None] | None:
    """Call `observer(result)` for each recorded result, on every thread; returns the observer before it."""
    global on_result
    before, on_result = on_result, observer
    return before


CutObserver = Callable[["Node", str, tuple[Any, ...]], None]
on_cut: CutObserver | None = None


def set_cut_observer(observer: CutObserver | None) -> CutObserver | None:
    """Call `observer(result, name of the op, inputs)` for each result without a graph; returns the observer before it."""
    global on_cut
    before, on_cut = on_cut, observer
    return before


def cut_off(x: Node, out: Node, how: str) -> None:
    """Note on `out`, which has the numbers of `x`, how the way back to x was cut."""
    out._cut = how  # type: ignore[attr-defined]  # only looked for where a gradient is missing
    unrecorded(out, how, (x,))


def unrecorded(out: Node, how: str, inputs: tuple[Any, ...]) -> None:
    """Show a result that was made without a graph to who watches for these; how: "" where the function is not known."""
    if on_cut is not None:
        on_cut(out, how, inputs)


BackwardObserver = Callable[["Node", Any, Any], None]
on_gradients: BackwardObserver | None = None


def set_backward_observer(observer: BackwardObserver | None) -> BackwardObserver | None:
    """Call `observer(node, g, parts)` after each node of a backward pass; returns the observer before it."""
    global on_gradients
    before, on_gradients = on_gradients, observer
    return before
