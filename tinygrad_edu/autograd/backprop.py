"""Reverse mode: from the newest result to the oldest, pull gradients back through the graph and add them up.

The loop below contains no formulas: it calls the rules of each recorded op. With arrays it is the fast first-order
pass; with `create_graph` the same loop runs on Tensors, whose operations are recorded.
"""

from __future__ import annotations

from _thread import RLock  # threading takes 0.6 ms to import
from collections.abc import Callable, Sequence
from heapq import heapify, heappop, heappush
from sys import getrefcount
from typing import Any

import numpy as np

from .._numpy_warnings import without_warnings
from . import mutation_clock, observers
from .errors import ShapeError
from .grad_mode import set_grad_enabled
from .mutation_clock import mark_changed, tick
from .node import Node, from_array, ndarray, raw, tensor_class
from .observers import queued
from .past.lifetime import FREED, end_of_life, refuse_freed
from .past.stale_values import refuse_stale
from .past.versions import inputs_and_wanted_then, sources
from .unbroadcasting import unbroadcast

_UNSEEN: list[Any] = []  # takes the place of `sent` if there is no observer


def pull_back(
    roots: Sequence[Node],
    seeds: Sequence[Any],
    *,
    create_graph: bool = False,
    only: set[int] | None = None,
    keep: set[int] | None = None,
) -> tuple[dict[int, Any], list[Node]]:
    """Pull `seeds` back from `roots`. Returns {id of a leaf: its gradient}, and the leaves.

    The gradients are arrays, or with create_graph Tensors. `only` restricts the walk to nodes with these ids; the gradients of
    recorded results whose ids are in `keep` are returned too. A returned gradient may be a view or shared by several results:
    callers that keep it must copy it.

    The newest result with a gradient is always processed next: everything computed from it is newer, and already done.
    Call it through `without_warnings`: create_graph switches recording on, but only in the copy of the context made there.
    """
    if create_graph:
        set_grad_enabled(True)
    tensor = tensor_class()
    observer = observers.on_gradients
    sums: dict[int, Any] = {}
    starts: list[Node] = []
    for root, seed in zip(roots, seeds, strict=True):
        if id(root) in sums:
            sums[id(root)] = sums[id(root)] + seed
        elif only is None or id(root) in only:
            sums[id(root)] = seed
            starts.append(root)
    leaves = [root for root in starts if root._op is None]
    waiting = [(-root._time, root) for root in starts if root._op is not None]  # times are unique: nodes are never compared
    heapify(waiting)
    while waiting:
        node = heappop(waiting)[1]
        g = sums.pop(id(node))
        if node._hooks is not None:
            g = run_hooks(node, g)
        if keep is not None and id(node) in keep:
            sums[id(node)] = g
            if not any(id(x) in only for x in sources(node)):  # type: ignore[operator]  # grad() passes both
                continue

        # the arguments of its rules, and the inputs that need a gradient
        op: Any = node._op
        inputs: Sequence[Any] = node._inputs
        arguments = [g, node if create_graph else node._data]
        wanted: list[tuple[Any, int]] = []
        if node._time < mutation_clock.last_change:  # read each time: a hook may write
            refuse_stale(node)
            inputs, wanted = inputs_and_wanted_then(node, only)
            arguments += inputs if create_graph else map(raw, inputs)
        else:
            i = 0
            for x in inputs:
                if isinstance(x, tensor):
                    arguments.append(x if create_graph else x._data)
                    if x._requires_grad and (only is None or id(x) in only):
                        wanted.append((x, i))
                else:
                    arguments.append(x)
                i += 1  # noqa: SIM113 - enumerate would cost 0.1 µs

        # add the parts that the rules return to the gradients of these inputs
        params = node._params
        joint = op.joint is not None
        returned = op.joint_parts(arguments, wanted, params) if joint else op.rules
        sent: list[Any] = [None] * len(inputs) if observer is not None else _UNSEEN
        for x, i in wanted:
            try:
                part = returned[i]
            except IndexError:
                raise RuntimeError(f"{op.name} has no rule for input {i}; add one with @{op.name}.vjp") from None
            if not joint and part is not None:
                part = part(*arguments, **params) if params else part(*arguments)
            if part is None:
                continue
            if observer is not None:
                sent[i] = part
            try:
                if part.shape != x._data.shape:
                    part = unbroadcast(part, x._data.shape)
            except AttributeError:
                raise TypeError(
                    f"the rule of {op.name} returned {type(part).__name__}: a gradient must be an array of its input's shape"
                ) from None
            key = id(x)
            if key in sums:
                sums[key] = sums[key] + part
                continue
            sums[key] = part
            if x._op is None:
                leaves.append(x)
            else:
                heappush(waiting, (-x._time, x))
        if observer is not None:
            observer(node, g, sent)
    return sums, leaves


def backward(root: Node, gradient: Any, retain_graph: bool | None, create_graph: bool) -> None:
    """Add d root / d leaf to each leaf's `.grad`; see Tensor.backward."""
    check_differentiable(root, "backward()")
    seed = make_seed(root, gradient, create_graph)
    without_warnings(_add_gradients, root, seed, create_graph)
    end_of_life(root, True if create_graph and retain_graph is None else retain_graph)


def _add_gradients(root: Node, seed: Any, create_graph: bool) -> None:
    callbacks: list[Callable[[], None]] = []
    queued.set(callbacks)  # only in the copy of the context that without_warnings made
    sums, leaves = pull_back([root], [seed], create_graph=create_graph)
    with _accumulating:
        for leaf in leaves:
            g = sums.pop(id(leaf))
            if leaf._hooks is not None:
                g = run_hooks(leaf, g)
            if not leaf._requires_grad:  # frozen since the forward pass: it accumulates nothing
                continue
            if not create_graph and not (type(g) is ndarray and g.base is None and getrefcount(g) == _OURS_ALONE):
                g = np.copy(g)  # it may also be the seed, an input, a view, or another leaf's gradient
            _accumulate(leaf, g)
    for callback in callbacks:  # which may queue more
        callback()


def _references_of_a_local() -> int:
    sums = {0: np.empty(1)}
    g = sums.pop(0)
    return getrefcount(g)


_OURS_ALONE = _references_of_a_local()  # the local, and the reference that a call of getrefcount adds in this version of Python
_accumulating = RLock()  # threads may share leaves; a hook may call backward()


def check_differentiable(root: Node, caller: str) -> None:
    """Raise RuntimeError unless a gradient can start from `root`."""
    if root._op is FREED:
        refuse_freed(None, root._data, None, caller)
    if not root._requires_grad:
        raise RuntimeError(
            f"{caller}: element 0 of tensors does not require grad and does not have a grad_fn: none of its inputs requires "
            "grad, or it was computed under no_grad() or after detach()"
        )


def make_seed(root: Node, gradient: Any, create_graph: bool) -> Any:
    """The initial gradient dL/d root: the caller's gradient; for a single number it may be None, meaning 1."""
    data = root._data
    if gradient is None:
        if data.size != 1:
            raise RuntimeError(
                f"grad can be implicitly created only for scalar outputs; got shape {data.shape}. "
                "Reduce it first (loss.sum(), loss.mean()) or pass a gradient of that shape"
            )
        seed = np.ones(data.shape, data.dtype)
        return from_array(seed) if create_graph else seed
    if not isinstance(gradient, (Node, np.ndarray)):
        raise TypeError(f"gradient: expected a Tensor or an array of shape {data.shape}, got {type(gradient).__name__}")
    if gradient.shape != data.shape:  # type: ignore[union-attr]  # Tensor has a shape
        raise ShapeError(
            f"Mismatch in shape: grad_output[0] has a shape of {gradient.shape} "  # type: ignore[union-attr]
            f"and output[0] has a shape of {data.shape}"
        )
    if create_graph:
        return gradient if isinstance(gradient, Node) else from_array(gradient)
    return raw(gradient)


def _accumulate(x: Any, g: Any) -> None:
    """x.grad += g, in the dtype of x. A gradient without a graph is added to in place, as in PyTorch."""
    dtype = x._data.dtype
    if isinstance(g, Node):
        recorded: Any = g
        recorded = np.positive(recorded) if recorded.dtype == dtype else recorded.astype(dtype)  # a recorded copy
        x._grad = recorded if x._grad is None else x._grad + recorded
    elif x._grad is None:
        x._grad = from_array(g if g.dtype is dtype or g.dtype == dtype else g.astype(dtype))
        x._grad._time = tick()  # when it was created: viz compares it with the last change of x
    elif x._grad._op is None and not x._grad._requires_grad:
        x._grad._data += g
        mark_changed(x._grad)
    else:
        x._grad = from_array(x._grad._data + g)


def fill_gradient_with_zeros(x: Node) -> None:
    """Set x.grad, if there is one, to 0: in place, or to a new tensor if the old one has a graph (create_graph)."""
    grad = x._grad
    if grad is not None and grad._op is not None:
        x._grad = from_array(np.zeros_like(grad._data))
    elif grad is not None:
        grad._data[...] = 0
        mark_changed(grad)


def run_hooks(x: Node, g: Any) -> Any:
    """Call each hook with the gradient as a Tensor, which a hook may replace; store the result if x retains its gradient."""
    tensor_in = isinstance(g, Node)
    given: Any = g if tensor_in else from_array(np.array(g))
    for hook in list((x._hooks or {}).values()):
        answer = hook(given)
        if answer is None:
            continue
        if not isinstance(answer, Node):
            raise TypeError(f"hook: expected a Tensor or None to be returned, got {type(answer).__name__}")
        if answer._data.shape != x._data.shape:
            raise ShapeError(f"hook: the returned gradient must have shape {x._data.shape}, got {answer._data.shape}")
        given = answer
    if x._retains_grad:
        _accumulate(x, given if tensor_in else np.array(given._data))
    return given if tensor_in else np.array(given._data)  # a copy: a hook may have kept its Tensor
