"""Stale values: an error is raised if a rule needs a value that has been overwritten since the forward pass."""

from __future__ import annotations

from typing import Any

from ..node import Node, is_tensor
from ..rule_reads import reads
from .versions import then


def changed_since(node: Node) -> tuple[str, Node] | None:
    """A value that a rule of `node` reads, changed in place after recording: (its role in the op, the value), or None."""
    op, now = node._op, node._time
    assert op is not None  # for the type checker: only recorded results are passed
    needed = reads(op, [is_tensor(x) and then(x, now)[1] for x in node._inputs])
    for i, x in enumerate((node, *node._inputs)):  # 0 is the output, as in the arguments of a rule after g
        cell = getattr(x, "_cell", None)
        if cell is not None and cell[0] > now and needed(i):
            was = then(x, now)[0] if i else x
            if was._cell is not cell:  # its values were copied before they were overwritten
                continue
            name = getattr(x, "name", None)
            return ("its output" if i == 0 else f"input {i}") + (f" ({name!r})" if name else ""), x
    return None


def refuse_stale(node: Node) -> None:
    """Raise an error if a value read by a rule of `node` was changed in place after it was recorded."""
    found = changed_since(node)
    if found is not None:
        who, x = found
        op: Any = node._op
        raise RuntimeError(
            f"one of the variables needed for gradient computation has been modified by an inplace operation: the rule of "
            f"{op.name} needs {who} of shape {x._data.shape} as it was in the forward pass. Run the forward pass again "
            "after changing it (as an optimizer step does), detach() what an earlier step computed, or change a copy"
        )
