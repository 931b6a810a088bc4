"""Recording a write in place: the tensor becomes the result of an op, and what it was until then becomes its past."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

import numpy as np

from ..mutation_clock import share_memory
from ..node import NO_PARAMS, Node, tensor_class
from ..rule_reads import reads
from .versions import inputs_then, remember

STAYS = ("_grad", "_past", "_base", "_views", "_retains_grad")  # these belong to the tensor, not to one of its versions


def version(x: Node) -> Any:
    """A Tensor that is what x is now, over the same memory; x may then move on."""
    share_memory(x, x)
    was = object.__new__(tensor_class())
    was.__dict__.update({k: v for k, v in x.__dict__.items() if k not in STAYS})
    if x._op is None and x._past is not None:
        was._past = x._past  # when it was frozen and unfrozen
        was._hooks = {0: _to_the_leaf(weakref.ref(x))}
    return was


def _to_the_leaf(reference: weakref.ref[Node]) -> Callable[[Any], None]:
    """The hook of a leaf's earlier version: a gradient for it belongs to the leaf, which must still be one."""

    def pass_on(g: Any) -> None:
        x = reference()
        if x is None or x._op is not None:
            raise RuntimeError(
                "leaf variable has been moved into the graph interior: it required grad, was frozen and then written in place, "
                "and a result that was computed before has a gradient for it. Write to a copy"
            )
        if x._requires_grad:  # detach_() and requires_grad_() made it one again
            x._grad = g if x._grad is None else x._grad + g

    return pass_on


def keep_what_is_read(new: Node, since: int, memory: list[int]) -> None:
    """Copy the numbers that rules recorded after `since` will read from `memory`, which is about to be overwritten."""
    tensor = tensor_class()
    nodes = [new]
    for node in nodes:
        assert node._op is not None  # for the type checker: only recorded results come here
        needed = reads(node._op, [isinstance(x, tensor) and x._requires_grad for x in node._inputs])
        for i, x in enumerate((node, *node._inputs)):
            if not isinstance(x, tensor):
                continue
            if x._cell is memory and needed(i):
                x._data, x._cell = np.array(x._data), None
            if i and x._op is not None and x._time > since:
                nodes.append(x)


def move_on(x: Node, was: Node, new: Node) -> None:
    """From now on x is `new`, which was computed from its version `was`; the numbers are already in its memory."""
    born: Any = was if x._past is None or x._op is None else x._past[0][1]
    first, last = (0 if born._op is None else born._time), (0 if was._op is None else was._time)
    if x._op is None:
        x._past = None  # it is in the past of `was` now
    stays = {"_data", "_cell", "_time", *STAYS}
    x.__dict__.update({k: v for k, v in new.__dict__.items() if k not in stays})
    x._op, x._inputs, x._params = new._op, new._inputs, new._params  # where `new` has the default of the class, too
    x._hooks = {} if x._retains_grad else None  # hooks stay with the version, retain_grad() moves on: as in PyTorch
    remember(x, was)
    _let_go(x, first, last)


def leave_graph(x: Node) -> None:
    """From now on x is a leaf that requires no grad: detach_()."""
    was = version(x)
    x._op, x._inputs, x._params, x._hooks, x._retains_grad = None, (), NO_PARAMS, None, False
    remember(x, was)
    x._requires_grad = False


def _let_go(x: Node, first: int, last: int) -> None:
    """Give the nodes behind x the versions that they saw, in place of x: else x would hold itself, a circle of references.

    Nothing older than `first` holds x. What is older than `last`, when x moved on before, and was visited then is done.
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
