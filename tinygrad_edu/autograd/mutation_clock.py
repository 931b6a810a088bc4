"""The mutation clock, which orders recordings, changes of requires_grad, and in-place writes."""

from __future__ import annotations

import itertools
from _thread import RLock  # threading takes 0.6 ms to import

from .node import Node

tick = itertools.count(1).__next__
"""Advance the clock and return its time (one C call, thread-safe)."""

last_change = 0  # time of the last in-place write or change of requires_grad; backward() checks the past of older nodes
_changing = RLock()  # threads must not set last_change back; reentrant, because a signal handler may write to a tensor


def note_change(now: int) -> None:
    """Note that a tensor changed at `now`."""
    global last_change
    with _changing:
        if now > last_change:  # no call in between, in which a signal handler could run
            last_change = now


def mark_changed(*changed: Node) -> None:
    """Note a write to the memory of these tensors, so that backward() refuses rules that need the overwritten values."""
    global last_change
    with _changing:
        if (now := tick()) > last_change:
            last_change = now
        for x in changed:
            if x._cell is None:
                x._cell = [now]
            elif now > x._cell[0]:
                x._cell[0] = now


def share_memory(x: Node, view: Node) -> None:
    """Make `view`, whose array overlaps that of x, share x's record of in-place changes."""
    if x._cell is None:
        x._cell = [0]
    view._cell = x._cell
