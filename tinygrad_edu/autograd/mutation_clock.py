"""The mutation clock orders recordings, changes of requires_grad, and in-place writes to the memory that tensors share."""

from __future__ import annotations

import itertools
from _thread import allocate_lock  # threading takes 0.6 ms to import

from .node import Node

tick = itertools.count(1).__next__
"""The clock (one C call, thread-safe)."""

last_change = 0  # of any tensor, in place, or of its requires_grad: older nodes must check the past
_changing = allocate_lock()  # threads must not set the clock back


def note_change(now: int) -> None:
    """Note that a tensor changed at `now`."""
    global last_change
    with _changing:
        last_change = max(last_change, now)


def mark_changed(*changed: Node) -> None:
    """Note a write to the memory of these tensors, so that rules which saved it before refuse to use it."""
    global last_change
    with _changing:
        last_change = now = tick()
        for x in changed:
            if x._cell is None:
                x._cell = [now]
            else:
                x._cell[0] = now


def share_memory(x: Node, view: Node) -> None:
    """Make `view`, whose array overlaps that of x, share its record of in-place changes."""
    if x._cell is None:
        x._cell = [0]
    view._cell = x._cell
