"""Reverse mode: order the graph, pull gradients back through it, add them up.

The loop below contains no formula: it asks each recorded op for its rules. Called with arrays it is the fast first-order
pass; with `create_graph` the same loop runs on Tensors, whose operations are recorded.
"""

from __future__ import annotations

import contextlib
import threading
import weakref
from collections.abc import Iterable, Sequence
from contextvars import ContextVar
from heapq import heappop, heappush
from operator import attrgetter
from sys import getrefcount
from typing import Any

import numpy as np

from . import mutation_clock, observers
from .after_backward import callbacks
from .errors import ShapeError
from .grad_mode import enable_grad
from .mutation_clock import mark_changed, refuse_stale, tick
from .node import NO_PARAMS, Node, from_array, ndarray, raw, tensor_class
from .primitives import Primitive
from .unbroadcasting import unbroadcast

# Intermediate arrays come and go. glibc's allocator would hand arrays of 128 kB and more back to the system each time, and the
# page faults of fresh memory cost more than the arithmetic on it: the rule of a layer norm on 512 × 64 numbers takes 0.43 ms
# instead of 0.14, a step of Adam for 40 tensors of 50,000 elements 18.7 ms instead of 5.0. Freeing one large block, never
# touched, makes it keep up to twice that much (mallopt(3), M_MMAP_THRESHOLD).
np.empty(30 << 20, np.uint8)

FREED = Primitive(lambda: None, (), "freed")
"""The op of a result whose graph was cut loose."""

_by_time = attrgetter("_time")


def topological(roots: Iterable[Node]) -> tuple[list[Node], list[Node]]:
    """The recorded results that `roots` depend on, newest first, and the leaves that require a gradient.

    No recursion: the list grows while it is walked. Inputs are older than results, so sorting by time is enough. Nodes are
    known by id() here and below, which is safe while the lists hold them.
    """
    tensor = tensor_class()
    found: list[Node] = []
    leaves: list[Node] = []
    seen: set[int] = set()
    for root in roots:
        if id(root) not in seen:
            seen.add(id(root))
            (leaves if root._op is None else found).append(root)
    for node in found:
        for x in node._inputs:
            if isinstance(x, tensor) and x._requires_grad and id(x) not in seen and x._time < node._time:
                seen.add(id(x))
                (leaves if x._op is None else found).append(x)
    found.sort(key=_by_time, reverse=True)
    return found, leaves


def pull_back(
    roots: Sequence[Node],
    seeds: Sequence[Any],
    *,
    create_graph: bool = False,
    only: set[int] | None = None,
    keep: set[int] | None = None,
) -> tuple[dict[int, Any], list[Node]]:
    """The sums of the gradients that arrive at each leaf, by id (arrays, or Tensors with create_graph), and these leaves.

    `only` restricts the walk to the ids in it; gradients of recorded results whose id is in `keep` stay in the answer.
    A gradient in the answer may be shared with another one, or be a view: whoever keeps it copies it.

    The newest result that has a gradient is always the next to pass it on: what was computed from it is newer, and done.
    """
    tensor = tensor_class()
    changed = mutation_clock.last_change()
    fast = not create_graph and only is None
    observer = observers.on_gradients
    sums: dict[int, Any] = {}
    leaves: list[Node] = []
    waiting: list[tuple[int, Node]] = []  # a heap by age; times differ, so that nodes are never compared
    for root, seed in zip(roots, seeds, strict=True):
        if only is not None and id(root) not in only:
            continue
        if id(root) in sums:
            sums[id(root)] = sums[id(root)] + seed
            continue
        sums[id(root)] = seed
        if root._op is None:
            leaves.append(root)
        else:
            heappush(waiting, (-root._time, root))
    while waiting:
        node = heappop(waiting)[1]
        g = sums.pop(id(node))
        if node._hooks is not None:
            g = run_hooks(node, g)
        if keep is not None and id(node) in keep:
            sums[id(node)] = g
        now = node._time
        if now < changed:
            refuse_stale(node)
        op: Any = node._op
        inputs = node._inputs
        parts: Sequence[Any]
        # The two commonest kinds of op are spelled out: 0.5 µs less for each of their nodes than through parts_sent.
        n = len(inputs)
        if op.plain != n or node._params or not fast:
            parts = parts_sent(g, node, create_graph, only)
        elif n == 1:
            parts = (op.rules[0](g, node._data, inputs[0]._data),)
        elif n == 2:
            a, b = inputs
            x, z, y = a, b, node._data
            first = second = False
            if isinstance(a, tensor):
                x, first = a._data, a._requires_grad and a._time < now
            if isinstance(b, tensor):
                z, second = b._data, b._requires_grad and b._time < now
            parts = (op.rules[0](g, y, x, z) if first else None, op.rules[1](g, y, x, z) if second else None)
        else:
            parts = parts_sent(g, node, create_graph, only)
        if observer is not None:
            observer(node, g, parts)
        for into, part in zip(inputs, parts):  # noqa: B905 - a strict zip costs 0.1 µs; parts_sent checks joint rules
            if part is None:
                continue
            try:
                if part.shape != into._data.shape:
                    part = unbroadcast(part, into._data.shape)
            except AttributeError:
                raise TypeError(
                    f"the rule of {op.name} returned {type(part).__name__}: a gradient must be an array of its input's shape"
                ) from None
            key = id(into)
            if key in sums:
                sums[key] = sums[key] + part
                continue
            sums[key] = part
            if into._op is None:
                leaves.append(into)
            else:
                heappush(waiting, (-into._time, into))
    return sums, leaves


def parts_sent(g: Any, node: Node, create_graph: bool = False, only: set[int] | None = None) -> Sequence[Any]:
    """What `node` sends to each of its inputs, not yet un-broadcast; None to those that want nothing."""
    tensor = tensor_class()
    op, inputs, params = node._op, node._inputs, node._params
    assert op is not None  # for the type checker: only recorded results are asked
    if op is FREED:
        check_differentiable(node, "backward()")
    now = node._time
    values, wanted = [], []
    for x in inputs:
        if isinstance(x, tensor):
            values.append(x if create_graph else x._data)
            wanted.append(x._requires_grad and x._time < now and (only is None or id(x) in only))
        else:
            values.append(x)
            wanted.append(False)
    y: Any = node if create_graph else node._data
    if op.joint is not None:
        parts: Sequence[Any] = op.joint(g, y, *values, wanted=wanted, **params)
        if len(parts) != len(inputs):
            raise RuntimeError(f"{op.name}: its joint rule returned {len(parts)} gradients for {len(inputs)} inputs")
        return [part if w else None for part, w in zip(parts, wanted)]  # noqa: B905 - the lengths were just compared
    if len(op.rules) < len(inputs):
        raise RuntimeError(
            f"{op.name}: it has {len(inputs)} inputs but {len(op.rules)} rules; add @{op.name}.vjp for each input"
        )
    return [
        rule(g, y, *values, **params) if w and rule is not None else None
        for rule, w in zip(op.rules[: len(inputs)], wanted, strict=True)
    ]


def backward(root: Node, gradient: Any, retain_graph: bool | None, create_graph: bool) -> None:
    """Add d root / d leaf into each leaf's `.grad`; see Tensor.backward."""
    check_differentiable(root, "backward()")
    seed = make_seed(root, gradient, create_graph)
    with callbacks, np.errstate(all="ignore"), enable_grad() if create_graph else _AS_IT_IS:
        sums, leaves = pull_back([root], [seed], create_graph=create_graph)
        with _accumulating:
            for leaf in leaves:
                g = sums.pop(id(leaf))
                if leaf._hooks is not None:
                    g = run_hooks(leaf, g)
                if not create_graph and not (type(g) is ndarray and g.base is None and getrefcount(g) == _OURS_ALONE):
                    g = np.array(g)  # it may be the seed, an input, a view, or the gradient of another leaf, too
                _accumulate(leaf, g)
    _end_of_life(root, True if create_graph and retain_graph is None else retain_graph)


def _references_of_a_local() -> int:
    sums = {0: np.empty(1)}
    g = sums.pop(0)
    return getrefcount(g)


_OURS_ALONE = _references_of_a_local()  # the local, and what calling getrefcount adds in this version of Python
_AS_IT_IS = contextlib.nullcontext()
_accumulating = threading.RLock()  # threads may share leaves; a hook may call backward()


def check_differentiable(root: Node, caller: str) -> None:
    """Raise unless a gradient can start from `root`."""
    if root._op is FREED:
        raise RuntimeError(
            f"{caller}: trying to backward through the graph a second time: the graph behind a tensor of shape "
            f"{root._data.shape} was freed by a later backward(). Run the forward pass again, keep the graph with "
            "backward(retain_graph=True), or carry on with x.detach() where only the value is wanted"
        )
    if not root._requires_grad:
        raise RuntimeError(
            f"{caller}: element 0 of tensors does not require grad and does not have a grad_fn: no input of it was created "
            "with requires_grad=True, or it was computed under no_grad() or after detach()"
        )


def make_seed(root: Node, gradient: Any, create_graph: bool) -> Any:
    """dL/d root to start from: ones for a single number, else what the caller gives."""
    data = root._data
    if gradient is None:
        if data.size != 1:
            raise RuntimeError(
                f"grad can be implicitly created only for scalar outputs; got shape {data.shape}. "
                "Reduce it first (loss.sum(), loss.mean()) or pass gradient= of that shape"
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
        g = as_dtype(np.positive(g), dtype)  # type: ignore[call-overload]  # a copy that is recorded
        x._grad = g if x._grad is None else x._grad + g
    elif x._grad is None:
        x._grad = from_array(g if g.dtype is dtype or g.dtype == dtype else g.astype(dtype))
        x._grad._time = tick()  # when it was begun: findings.py asks whether a step came between
    elif x._grad._op is None and not x._grad._requires_grad:
        x._grad._data += g
        mark_changed(x._grad)
    else:
        x._grad = from_array(x._grad._data + g)


def as_dtype(g: Any, dtype: np.dtype[Any]) -> Any:
    """g itself if it has that dtype, else a cast: arrays and Tensors."""
    return g if g.dtype == dtype else g.astype(dtype)


def run_hooks(x: Node, g: Any) -> Any:
    """Give the gradient to each hook as a Tensor; what a hook returns replaces it."""
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
    return given if tensor_in else np.array(given._data)  # a copy: the hook may have kept its Tensor


# --- how long a graph lives ---


_previous: ContextVar[weakref.ref[Node] | None] = ContextVar("previous_root", default=None)


def _end_of_life(root: Node, retain_graph: bool | None) -> None:
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
    """Let go of the graph behind `root`, in O(1)."""
    if root._op is not None:
        root._op, root._inputs, root._params = FREED, (), NO_PARAMS
