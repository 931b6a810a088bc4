"""The mutation clock orders recordings and in-place changes: a rule whose saved value was overwritten refuses to use it."""

from __future__ import annotations

import itertools
import threading
from typing import Any

from .node import Node
from .rule_reads import reads

tick = itertools.count(1).__next__
"""The one clock: it orders recorded results and in-place changes (one C call, safe in threads)."""

_last_change = 0
_changing = threading.Lock()  # two threads must not set the clock back


def last_change() -> int:
    """The time of the newest in-place change of any tensor, or of its requires_grad."""
    return _last_change


def mark_changed(*changed: Node) -> None:
    """Say that the memory of these was written to: a rule that saved it before will refuse to use it."""
    global _last_change
    with _changing:
        _last_change = now = tick()
        for x in changed:
            if x._cell is None:
                x._cell = [now]
            else:
                x._cell[0] = now


def mark_wanted(x: Node) -> None:
    """Say that from now on the leaf `x` wants a gradient: what was computed from it before gives it none."""
    global _last_change
    with _changing:
        _last_change = x._time = tick()


def share_memory(x: Node, view: Node) -> None:
    """Let `view`, whose array overlaps that of `x`, share its record of in-place changes."""
    if x._cell is None:
        x._cell = [0]
    view._cell = x._cell


def changed_since(node: Node) -> tuple[str, Node] | None:
    """A value that a rule of `node` reads and that was changed in place after it was recorded: its place in the op, itself."""
    op = node._op
    assert op is not None  # for the type checker
    needed = reads(op)
    for i, x in enumerate((node, *node._inputs)):  # 0 is the output, as in a rule's arguments after g
        cell = getattr(x, "_cell", None)
        if cell is not None and cell[0] > node._time and needed(i):
            name = getattr(x, "name", None)
            return ("its output" if i == 0 else f"input {i}") + (f" ({name!r})" if name else ""), x
    return None


def refuse_stale(node: Node) -> None:
    """Raise if a value that a rule of `node` reads was changed in place after it was recorded."""
    found = changed_since(node)
    if found is not None:
        who, x = found
        op: Any = node._op
        raise RuntimeError(
            f"one of the variables needed for gradient computation has been modified by an inplace operation: the rule of "
            f"{op.name} needs {who} of shape {x._data.shape} as it was in the forward pass. Run the forward pass again "
            "after changing it (an optimizer step changes the parameters), or change a copy"
        )
