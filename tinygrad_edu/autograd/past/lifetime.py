"""How long a graph lives: until the next backward() of another root, or as `retain_graph` says."""

from __future__ import annotations

import weakref
from contextvars import ContextVar
from typing import Any

from ..node import NO_PARAMS, Node
from ..primitives import Primitive
from .recorded_writes import version


def refuse_freed(g: Any, y: Any, wanted: Any, caller: str = "backward()") -> None:
    """Raise: it takes the place of a joint rule."""
    raise RuntimeError(
        f"{caller}: trying to backward through the graph a second time: the graph behind a tensor of shape {y.shape} was "
        "freed by a later backward(). Run the forward pass again, keep the graph with backward(retain_graph=True), or carry "
        "on with x.detach() where only the value is wanted"
    )


FREED = Primitive(lambda: None, (), "freed", joint=refuse_freed)
"""The op of a result whose graph was cut loose."""

_previous: ContextVar[weakref.ref[Node] | None] = ContextVar("previous_root", default=None)


def end_of_life(root: Node, retain_graph: bool | None) -> None:
    """A graph lives until the next backward() of another root here: after it, the previous root is cut loose.

    "Here" is the running thread or asyncio task: others have previous roots of their own.

    retain_graph True: `root` is not cut by the next one; False: it is cut now. Only a weak reference is held, so a root
    that nobody else holds is freed at once.
    """
    reference = _previous.get()
    previous = reference() if reference is not None else None
    if previous is not None and previous is not root:
        cut(previous)
    _previous.set(weakref.ref(root) if retain_graph is None else None)
    if retain_graph is False:
        cut(root)


def cut(root: Node) -> None:
    """Let go of the graph behind `root` and behind what it was before, in O(1)."""
    if root._op is not None:
        root._op, root._inputs, root._params, root._base = FREED, (), NO_PARAMS, None
        if root._past is not None:
            root._past = [(root._time, version(root))]
