"""How long a graph lives: until the next backward() of another root, unless `retain_graph` says otherwise."""

from __future__ import annotations

import weakref
from contextvars import ContextVar
from typing import Any

from ..node import NO_PARAMS, Node
from ..primitives import Primitive
from .recorded_writes import version


def refuse_freed(g: Any, y: Any, wanted: Any, caller: str = "backward()") -> None:
    """The joint rule of a result whose graph was freed: raise RuntimeError."""
    raise RuntimeError(
        f"{caller}: trying to backward through the graph a second time: the graph behind a tensor of shape {y.shape} was "
        "freed by a later backward(), or by retain_graph=False. Run the forward pass again, keep the graph with "
        "backward(retain_graph=True), or carry on with x.detach() if only the value is needed"
    )


FREED = Primitive(lambda: None, (), "freed", joint=refuse_freed)
"""The op of a result whose graph was freed."""

_previous: ContextVar[weakref.ref[Node] | None] = ContextVar("previous_root", default=None)


def end_of_life(root: Node, retain_graph: bool | None) -> None:
    """After backward() from `root`, free the graph of the previous root in this thread or asyncio task.

    retain_graph: None frees the graph of `root` at the next call for another root, True keeps it, False frees it now. Only
    a weak reference to `root` is stored, so if nothing else refers to the root, its graph is freed immediately.
    """
    reference = _previous.get()
    previous = reference() if reference is not None else None
    if previous is not None and previous is not root:
        cut(previous)
    _previous.set(weakref.ref(root) if retain_graph is None else None)
    if retain_graph is False:
        cut(root)


def cut(root: Node) -> None:
    """Free the graph behind `root` and behind its earlier versions."""
    if root._op is not None:
        root._op, root._inputs, root._params, root._base = FREED, (), NO_PARAMS, None
        if root._past is not None:
            root._past = [(root._time, version(root))]
