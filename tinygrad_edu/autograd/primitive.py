"""Primitives: a NumPy function, its rules, and how a call is recorded.

    tanh = primitive(np.tanh, lambda g, y, x: g * (1 - y * y))

A *rule* is the vector-Jacobian product of one input. It receives `g` (dL/dy), the output `y`, the inputs and the keyword
parameters, and returns dL/dx for that input. It is called with arrays (first order: nothing is recorded) or with Tensors
(create_graph: the same text is recorded). Arrays are positional, metadata is keyword-only.

This module knows neither a formula nor the class Tensor; `tensor.py` registers that class as the type of a node.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from types import CellType
from typing import Any, TypeVar

import numpy as np

from .errors import restate
from .grad_mode import mode

Rule = Callable[..., Any]

NO_PARAMS: dict[str, Any] = {}
FLOAT32 = np.dtype(np.float32)
FLOAT64 = np.dtype(np.float64)
ndarray = np.ndarray

tick = itertools.count(1).__next__
"""The one clock: it orders recorded results and in-place changes (one C call, safe in threads)."""


class Node:
    """What the engine needs to know of a tensor. Defaults live on the class: a new result sets only what differs."""

    _data: np.ndarray
    _requires_grad: bool = False
    _op: Primitive | None = None  # None: a leaf
    _inputs: tuple[Any, ...] = ()  # Nodes, or raw arrays and numbers for constants
    _params: dict[str, Any] = NO_PARAMS
    # when it was recorded, or when a leaf was last told to require grad: inputs are older than results, so descending time
    # is a topological order, and a leaf that is younger than a result wanted no gradient when that result was made
    _time: int = 0
    _grad: Any = None
    _cell: list[int] | None = None  # [time of the last in-place change], one list for all that share the memory
    _hooks: dict[int, Callable[[Any], Any]] | None = None
    _retains_grad: bool = False  # read only where _hooks is not None


Tensor: type[Node] = Node  # replaced by register_tensor_class; elsewhere read it as primitive.Tensor, or it stays Node


def register_tensor_class(cls: type[Node]) -> None:
    """Make `cls` the type of recorded results; called once, by tensor.py."""
    global Tensor
    Tensor = cls


# --- the registry ---

PRIMITIVES: dict[str, Primitive] = {}
"""Every primitive by name; the tests loop over it."""

NUMPY: dict[Callable[..., Any], Callable[..., Any]] = {}
"""NumPy function -> the function here that takes Tensors."""


class Primitive:
    """A forward function with one rule an input, or one joint rule that returns the gradients of all inputs."""

    def __init__(self, forward: Callable[..., Any], rules: tuple[Rule | None, ...], name: str) -> None:
        self.forward = forward
        self.rules: tuple[Rule | None, ...] = rules
        self.joint: Rule | None = None
        self.name = name
        self.plain = -1
        self.settle()

    def settle(self) -> None:
        """Set `plain`: the number of inputs if each of them has a rule of its own, else −1."""
        self.plain = len(self.rules) if self.rules and None not in self.rules and self.joint is None else -1

    def __repr__(self) -> str:
        return f"<primitive {self.name}>"


C = TypeVar("C", bound=Callable[..., Any])


def implements(*numpy_functions: Callable[..., Any]) -> Callable[[C], C]:
    """Decorator: `np.f(tensor)` calls the decorated function."""

    def register(function: C) -> C:
        for f in numpy_functions:
            NUMPY[f] = function
        return function

    return register


def primitive(forward: Callable[..., Any], *rules: Rule | None, name: str | None = None) -> Any:
    """Turn a NumPy function into one that records: arrays in, arrays out; Tensors in, a Tensor with a graph out.

    `rules[i]` is the rule of input i; None says that input i has no gradient (an index, a mask). Rules can also be given
    below a longer forward function, as `@f.vjp` (the rule of the next input) or `@f.joint_vjp` (a rule that gets
    `wanted`, a list of booleans, and returns for each input its gradient, or None where it is not wanted).

    >>> import tinygrad_edu as tg
    >>> from tinygrad_edu.autograd import primitive
    >>> cube = primitive(lambda x: x**3, lambda g, y, x: g * 3 * x**2, name="cube")
    >>> x = tg.tensor([1.0, 2.0], requires_grad=True)
    >>> cube(x).sum().backward()
    >>> x.grad
    tensor([ 3., 12.])
    """
    op = Primitive(forward, rules, name or forward.__name__.lstrip("_"))  # _sum is the op sum behind the function sum
    if isinstance(forward, np.ufunc):
        call = _unary(op) if forward.nin == 1 else _binary(op)
    else:
        call = _general(op)
    call.__name__ = call.__qualname__ = op.name
    call.__doc__ = forward.__doc__ if not isinstance(forward, np.ufunc) else f"np.{forward.__name__}, recorded."
    call.__module__ = getattr(forward, "__module__", None) or __name__
    call.__wrapped__ = forward  # type: ignore[attr-defined]  # inspect.signature and doctest look for it
    call.op = op  # type: ignore[attr-defined]

    def vjp(rule: Rule) -> Rule:
        op.rules = (*op.rules, rule)
        op.settle()
        return rule

    def joint_vjp(rule: Rule) -> Rule:
        op.joint = rule
        op.settle()
        return rule

    call.vjp, call.joint_vjp = vjp, joint_vjp  # type: ignore[attr-defined]
    PRIMITIVES[op.name] = op
    _FORWARDS[op.name] = call.__closure__[call.__code__.co_freevars.index("forward")]  # type: ignore[index]  # it is a closure
    if isinstance(forward, np.ufunc) or getattr(np, op.name, None) is forward:
        NUMPY[forward] = call
    return call


# --- recording ---
# Three recorders that do the same for one, two, and any number of inputs. The first two exist for speed: a chain of
# one-element ufuncs costs 0.3 µs an op less through them than through the third.


def _unary(op: Primitive) -> Callable[..., Any]:
    forward = op.forward

    def call(input: Any) -> Any:
        if not isinstance(input, Tensor):
            return forward(input)
        try:
            data = forward(input._data)
        except _USER_ERRORS as error:
            raise restate(op.name, (input._data,), NO_PARAMS, error) from error
        return _result(data, op, (input,), NO_PARAMS, input._requires_grad)

    return call


def _binary(op: Primitive) -> Callable[..., Any]:
    forward = op.forward

    def call(input: Any, other: Any) -> Any:
        needs = False
        x: Any
        y: Any
        if isinstance(input, Tensor):
            x, needs = input._data, input._requires_grad
        elif isinstance(other, Tensor):
            x = input = _constant(input, op.name)
        else:
            return forward(input, other)
        if isinstance(other, Tensor):
            y, needs = other._data, needs or other._requires_grad
        else:
            y = other = other if type(other) is float else _constant(other, op.name)  # the commonest kind: 0.1 µs saved
        try:
            data = forward(x, y)
        except _USER_ERRORS as error:
            raise restate(op.name, (x, y), NO_PARAMS, error) from error
        return _result(data, op, (input, other), NO_PARAMS, needs)

    return call


def _general(op: Primitive) -> Callable[..., Any]:
    forward = op.forward

    def call(*inputs: Any, **params: Any) -> Any:
        if params and "input" in params:  # PyTorch's name of the first array
            inputs = (params.pop("input"), *inputs)
        values, needs, any_tensor = [], False, False
        for x in inputs:
            if isinstance(x, Tensor):
                any_tensor = True
                needs = needs or x._requires_grad
                values.append(x._data)
            else:
                values.append(x)
        if not any_tensor:
            return forward(*inputs, **params)
        try:
            data = forward(*values, **params)
        except _USER_ERRORS as error:
            raise restate(op.name, tuple(values), params, error) from error
        for value in values:
            if value is data:  # the forward function returned its input: a view of it, so that both share the clock
                data = data[...]
        return _result(data, op, inputs, params, needs)

    return call


_USER_ERRORS = (ValueError, TypeError, IndexError, OverflowError)
_new = object.__new__


def _result(data: Any, op: Primitive, inputs: tuple[Any, ...], params: dict[str, Any], needs: bool) -> Any:
    """The Tensor around `data`, recorded if one of its inputs needs a gradient."""
    out = _new(Tensor)
    if type(data) is ndarray and data.dtype is FLOAT32 and data.base is None:
        out._data = data
    else:
        _settle(out, data, op, inputs, params)
        needs = needs and out._data.dtype.kind == "f"  # comparisons and the like have no gradient
    if needs and mode.enabled:
        out._requires_grad = True
        out._op = op
        out._inputs = inputs
        if params:
            out._params = params
        out._time = tick()
        if _observer is not None:
            _observer(out)
    elif _cut_observer is not None:
        _cut_observer(out, op.name, inputs)
    return out


def _settle(out: Node, data: Any, op: Primitive, inputs: tuple[Any, ...], params: dict[str, Any]) -> None:
    """The less common results: NumPy scalars become arrays, views share the clock, promotion is PyTorch's."""
    if type(data) is not ndarray:
        data = np.array(data)
    elif data.base is not None:
        for x in inputs:
            if isinstance(x, Tensor) and np.may_share_memory(data, x._data):
                share_memory(x, out)
    if data.dtype is FLOAT64 and not _float64_is_due(inputs):
        data = data.astype(FLOAT32)
    elif data.dtype == np.float16 and not any(getattr(raw(x), "dtype", None) == np.float16 for x in inputs):
        wide = [x.astype(FLOAT32) if isinstance(x, ndarray) else x for x in map(raw, inputs)]  # NumPy answers int8 in float16
        data = np.asarray(op.forward(*wide, **params))
    elif data.dtype.kind in "iu":
        due = integer_due(data.dtype, inputs)
        if due is not data.dtype:
            data = data.astype(due)
    out._data = data


def _float64_is_due(inputs: tuple[Any, ...]) -> bool:
    """PyTorch's promotion: arrays with axes decide, 0-d ones only where none with axes is floating, numbers never."""
    arrays = [a for a in map(raw, inputs) if isinstance(a, ndarray) and a.dtype.kind == "f"]
    deciding = [a for a in arrays if a.ndim] or arrays
    return any(a.dtype == FLOAT64 for a in deciding)


def integer_due(dtype: np.dtype[Any], inputs: tuple[Any, ...]) -> np.dtype[Any]:
    """The same for integers; and what NumPy counts of booleans in int8 is int64."""
    with_axes = without = False
    for x in inputs:
        a = x._data if isinstance(x, Tensor) else x
        if type(a) is ndarray:
            with_axes, without = with_axes or a.ndim > 0, without or a.ndim == 0
    if dtype.itemsize > 1 and not (with_axes and without):  # as nearly always
        return dtype
    arrays = [a for a in map(raw, inputs) if isinstance(a, ndarray)]
    if dtype == np.int8 and all(a.dtype.kind == "b" for a in arrays):
        return np.dtype(np.int64)
    deciding = [a.dtype for a in arrays if a.ndim and a.dtype.kind in "iu"]
    return np.result_type(*deciding) if deciding and without else dtype


def _constant(x: Any, name: str) -> Any:
    """An operand that is no Tensor: numbers are weak (the Tensor decides the dtype), NumPy scalars too."""
    kind = type(x)
    if kind is float or kind is int or kind is bool or kind is ndarray:
        return x
    if isinstance(x, np.generic):
        return x.item()
    if isinstance(x, ndarray):
        return np.asarray(x)
    raise TypeError(f"{name}(): operands must be Tensors, arrays or numbers, got {kind.__name__}; tensor(...) makes a Tensor")


# --- the mutation clock ---

_last_change = 0
_changing = threading.Lock()  # two threads must not set the clock back


def last_change() -> int:
    """The time of the newest in-place change of any tensor."""
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


def share_memory(x: Node, view: Node) -> None:
    """Let `view`, whose array overlaps that of `x`, share its record of in-place changes."""
    if x._cell is None:
        x._cell = [0]
    view._cell = x._cell


# --- observing ---

_observer: Callable[[Any], None] | None = None


def set_observer(observer: Callable[[Any], None] | None) -> Callable[[Any], None] | None:
    """Call `observer(result)` for each recorded result, on every thread; returns the observer before it."""
    global _observer
    before, _observer = _observer, observer
    return before


_FORWARDS: dict[str, CellType] = {}  # where the recorder of each primitive finds its forward function


def wrap_forwards(wrap: Callable[[Callable[..., Any]], Callable[..., Any]]) -> Callable[[], None]:
    """Let `wrap(forward)` run instead of the forward function of every primitive, until what is returned is called.

    The recorders' own variables are exchanged, so that nothing is asked on each call when nobody watches.
    """
    before = [(cell, cell.cell_contents) for cell in _FORWARDS.values()]
    for cell, forward in before:
        cell.cell_contents = wrap(forward)

    def undo() -> None:
        for cell, forward in before:
            cell.cell_contents = forward

    return undo


CutObserver = Callable[["Node", str, tuple[Any, ...]], None]
_cut_observer: CutObserver | None = None


def set_cut_observer(observer: CutObserver | None) -> CutObserver | None:
    """Call `observer(result, name of the op, inputs)` for each result without a graph; returns the observer before it."""
    global _cut_observer
    before, _cut_observer = _cut_observer, observer
    return before


def cut_off(x: Node, out: Node, how: str) -> None:
    """Note on `out`, which has the numbers of `x`, how the way back to x was cut."""
    out._cut = how  # type: ignore[attr-defined]  # only looked for where a gradient is missing
    unrecorded(out, how, (x,))


def unrecorded(out: Node, how: str, inputs: tuple[Any, ...]) -> None:
    """Show a result that was made without a graph to who watches for these; how: "" where the function is not known."""
    if _cut_observer is not None:
        _cut_observer(out, how, inputs)


BackwardObserver = Callable[["Node", Any, Any], None]
_backward_observer: BackwardObserver | None = None


def set_backward_observer(observer: BackwardObserver | None) -> BackwardObserver | None:
    """Call `observer(node, g, parts)` after each node of a backward pass; returns the observer before it."""
    global _backward_observer
    before, _backward_observer = _backward_observer, observer
    return before


# --- Tensors, for code that may not import tensor.py ---


def from_array(data: np.ndarray, requires_grad: bool = False) -> Any:
    """A Tensor around `data` itself: no copy, no graph."""
    out: Any = _new(Tensor)
    out._data = data
    if requires_grad:
        out.requires_grad = True
    return out


def raw(x: Any) -> Any:
    """The array of a Tensor; anything else as it is."""
    return x._data if isinstance(x, Tensor) else x


def snapshot(x: Any) -> Any:
    """The array of x as it is now, for metadata (an index, a mask, labels), which the mutation clock does not watch.

    A Tensor's memory may change before backward(), so its numbers are copied.
    """
    return np.array(x._data) if isinstance(x, Tensor) else x


def is_tensor(x: Any) -> bool:
    """True for a Tensor.

    >>> is_tensor(1.0)
    False
    """
    return isinstance(x, Tensor)
