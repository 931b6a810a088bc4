"""A tensor's past: a result sees each of its inputs as it was when the result was recorded.

A leaf may be frozen and unfrozen, and any tensor may be written to in place. Since the tensor is the node of the graph, this
must not affect results computed from it earlier. `_time` is when the tensor reached its current state, and `_past` lists its
earlier states, oldest first:

    (until, True), (until, False)   a leaf, and whether it required grad
    (until, version)                a Tensor that keeps the op, inputs and parameters of that time
    (until, None)                   a leaf that was frozen too often to keep track of

Values have no past: overwritten ones are gone, and if a rule needs them, an error is raised (stale_values.py). Read the edges
of a graph through the functions below: `_inputs` has the current versions. Tensors without a past, nearly all, cost nothing.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from operator import itemgetter
from typing import Any

from ..mutation_clock import note_change, tick
from ..node import Node, raw, tensor_class

REMEMBERED = 64  # changes of a leaf's requires_grad that are kept: training a GAN freezes its discriminator in every step
_until = itemgetter(0)


def then(x: Node, time: int) -> tuple[Node, bool]:
    """x as a result recorded at `time` saw it (itself, or an earlier version), and whether it required grad."""
    if x._time < time:
        return x, x._requires_grad
    from bisect import bisect_left  # imported here, because few tensors have a past

    past: Sequence[tuple[int, Any]] = x._past or ()
    i = bisect_left(past, time, key=_until)
    if i == len(past):
        return x, False  # a leaf that required grad only later
    was = past[i][1]
    if was is None:
        raise RuntimeError(
            f"backward(): requires_grad of a leaf of shape {x._data.shape} was changed {REMEMBERED} times or more after it was "
            "used, so whether it required grad then is no longer known. Run the forward pass again"
        )
    return (x, was) if isinstance(was, bool) else then(was, time)


def inputs_then(node: Node) -> tuple[Any, ...]:
    """The inputs of `node` in the versions that it saw."""
    tensor, now = tensor_class(), node._time
    return tuple(then(x, now)[0] if isinstance(x, tensor) else x for x in node._inputs)


def sources(node: Node) -> list[Node]:
    """The inputs of `node` that required grad, in the versions that it saw."""
    tensor, now = tensor_class(), node._time
    seen = [then(x, now) for x in node._inputs if isinstance(x, tensor)]
    return [x for x, wanted in seen if wanted]


def inputs_and_wanted_then(node: Node, only: Container[int] | None) -> tuple[list[Any], list[tuple[Node, int]]]:
    """The inputs of `node` in the versions that it saw; and those that required grad, with their positions.

    `only` restricts the second list to these ids. Inputs that did not require grad are returned as arrays, even a leaf that
    requires grad now: otherwise, a second derivative would include the terms in which a rule reads the leaf itself, but not
    those in which it reads results computed from the leaf.
    """
    tensor, now = tensor_class(), node._time
    seen = [then(x, now) if isinstance(x, tensor) else (x, False) for x in node._inputs]
    wanted = [(x, i) for i, (x, required) in enumerate(seen) if required and (only is None or id(x) in only)]
    return [x if required else raw(x) for x, required in seen], wanted


def change_requires_grad(x: Node, wanted: bool) -> None:
    """Freeze or unfreeze the leaf x: results computed from it earlier keep seeing it as it was."""
    if wanted is x._requires_grad:
        return
    if x._past is None and wanted:  # it never required grad: earlier results saw it that way
        x._time = tick()
        note_change(x._time)
    else:
        if x._past is None:
            x._past = [(x._time, False)]
        remember(x, x._requires_grad)
    x._requires_grad = wanted


def remember(x: Node, was: Any) -> None:
    """Record in the past of x, which is about to change, that its state was `was` until now."""
    now = tick()
    past = x._past = x._past if x._past is not None else []
    past.append((now, was))
    if x._op is None and len(past) > REMEMBERED:
        past[:2] = [(past[1][0], None)]
    x._time = now
    note_change(now)
