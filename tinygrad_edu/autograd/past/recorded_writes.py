"""Recording an in-place write: the tensor becomes the result of an op, and its previous state is added to its past."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

import numpy as np

from ..grad_mode import enable_grad
from ..mutation_clock import mark_changed, share_memory
from ..node import NO_PARAMS, Node, tensor_class
from ..primitives import Primitive
from ..recording import record
from ..rule_reads import reads
from .versions import inputs_then, remember
from .views import base_of, places, views_of

STAYS = ("_grad", "_past", "_base", "_views", "_retains_grad")  # these belong to the tensor, not to its versions


def version(x: Node) -> Any:
    """A Tensor with the memory, op and inputs that x has now, so that x can become the result of another op."""
    share_memory(x, x)
    was = object.__new__(tensor_class())
    was.__dict__.update({k: v for k, v in x.__dict__.items() if k not in STAYS})
    if x._op is None and x._past is not None:
        was._past = x._past  # when it was frozen and unfrozen
        was._hooks = {0: _to_the_leaf(weakref.ref(x))}
    return was


def _to_the_leaf(reference: weakref.ref[Node]) -> Callable[[Any], None]:
    """The hook of an earlier version of a leaf; it passes the gradient on to the tensor, which must be a leaf again by then."""

    def pass_on(g: Any) -> None:
        x = reference()
        if x is None or x._op is not None:
            raise RuntimeError(
                "leaf variable has been moved into the graph interior: it required grad, was frozen and then written to in "
                "place, and a gradient has arrived from a result that was computed earlier. Write to a copy"
            )
        if x._requires_grad:  # detach_() and requires_grad_() made it a leaf again
            x._grad = g if x._grad is None else x._grad + g

    return pass_on


def keep_what_is_read(new: Node, since: int, memory: list[int]) -> None:
    """Before `memory` is overwritten, copy the values that the rules of nodes recorded after `since` will read from it."""
    tensor = tensor_class()
    nodes = [new]
    for node in nodes:
        assert node._op is not None  # for the type checker: only recorded results are passed
        needed = reads(node._op, [isinstance(x, tensor) and x._requires_grad for x in node._inputs])
        for i, x in enumerate((node, *node._inputs)):
            if not isinstance(x, tensor):
                continue
            if x._cell is memory and needed(i):
                x._data, x._cell = np.array(x._data), None
            if i and x._op is not None and x._time > since:
                nodes.append(x)


def move_on(x: Node, was: Node, new: Node) -> None:
    """Make x the result `new`, computed from its earlier version `was`. The memory of x already holds the new values."""
    born: Any = was if x._past is None or x._op is None else x._past[0][1]
    first, last = (0 if born._op is None else born._time), (0 if was._op is None else was._time)
    if x._op is None:
        x._past = None  # `was` has taken it over
    stays = {"_data", "_cell", "_time", *STAYS}
    x.__dict__.update({k: v for k, v in new.__dict__.items() if k not in stays})
    x._op, x._inputs, x._params = new._op, new._inputs, new._params  # even those for which `new` uses the default of the class
    x._hooks = {} if x._retains_grad else None  # as in PyTorch, hooks stay with the earlier version and retain_grad() does not
    remember(x, was)
    _let_go(x, first, last)


def note_unrecorded(x: Node, index: Primitive) -> None:
    """Note an unrecorded write to x. If its base has no graph, views that have one lose it: their values have changed."""
    mark_changed(x)
    if x._base is None and x._views is None:
        return
    base = base_of(x)
    if base._op is not None or base._requires_grad:
        return
    for view in views_of(base):
        if view._requires_grad and view._op is not None and view._base is not None:  # None: its graph was freed
            with enable_grad():
                new = record(view._data, index, (base,), {"key": places(base._data, view._data)}, True)
            move_on(view, version(view), new)


def leave_graph(x: Node) -> None:
    """Make x a leaf that does not require grad, for detach_()."""
    was = version(x)
    x._op, x._inputs, x._params, x._hooks, x._retains_grad = None, (), NO_PARAMS, None, False
    remember(x, was)
    x._requires_grad = False


def _let_go(x: Node, first: int, last: int) -> None:
    """In the nodes behind x, replace x by the version that they saw: otherwise x would refer to itself, in a cycle.

    No node older than `first` refers to x. `last` is the time of the previous write to x; older nodes that were visited then
    need no second visit.
    """
    tensor, now = tensor_class(), x._time
    x._walked = now
    waiting = [x]
    for node in waiting:
        if any(isinstance(y, tensor) and y._time >= node._time for y in node._inputs):
            node._inputs = inputs_then(node)
        for y in node._inputs:
            if not isinstance(y, tensor) or y._op is None or y._time <= first or y._walked == now:
                continue
            if not y._time <= last <= y._walked:
                y._walked = now
                waiting.append(y)
