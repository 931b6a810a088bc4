"""Recording: a call of a primitive returns a Tensor that refers to its op and its inputs."""

from __future__ import annotations

from collections.abc import Callable
from types import CodeType
from typing import TYPE_CHECKING, Any

import numpy as np

from .._foreign import described
from . import node, observers
from .arrays import Symbol, as_array, is_array, refuse_learnable, require_numbers
from .errors import restate
from .grad_mode import grad_enabled
from .mutation_clock import tick
from .node import FLOAT32, FLOAT64, NO_PARAMS, Node, ndarray, raw
from .past.views import note_view

if TYPE_CHECKING:
    from .primitives import Primitive

Tensor: type[Node] = Node


def register_tensor_class(cls: type[Node]) -> None:
    """Make `cls` the type of recorded results; called once, by `_tensor/`."""
    global Tensor  # a global of this module, because each op reads it several times
    Tensor = node.Tensor = cls


# Three equivalent recorders for one, two, and any number of inputs. The first two exist for speed: a chain of
# one-element ufuncs takes 0.3 µs less per op with them than with the third.


def unary(op: Primitive) -> Callable[..., Any]:
    def call(input: Any) -> Any:
        if not isinstance(input, Tensor):
            return op.forward(input)
        try:
            data = op.forward(input._data)
        except _USER_ERRORS as error:
            raise restate(op.name, (input._data,), NO_PARAMS, error) from error
        return record(data, op, (input,), NO_PARAMS, input._requires_grad)

    return call


def binary(op: Primitive) -> Callable[..., Any]:
    def call(input: Any, other: Any) -> Any:
        needs = False
        x: Any
        y: Any
        if isinstance(input, Tensor):
            x, needs = input._data, input._requires_grad
        elif isinstance(other, Tensor):
            x = input = _constant(input, op.name)
        else:
            return op.forward(input, other)
        if isinstance(other, Tensor):
            y, needs = other._data, needs or other._requires_grad
        else:
            y = other = other if type(other) is float else _constant(other, op.name)  # the most common type: saves 0.1 µs
        try:
            data = op.forward(x, y)
        except _USER_ERRORS as error:
            raise restate(op.name, (x, y), NO_PARAMS, error) from error
        return record(data, op, (input, other), NO_PARAMS, needs)

    return call


def general(op: Primitive) -> Callable[..., Any]:
    def call(*inputs: Any, **params: Any) -> Any:
        if params and "input" in params:  # PyTorch's name for the first array
            inputs = (params.pop("input"), *inputs)
        values, needs, any_tensor = [], False, False
        for x in inputs:
            if isinstance(x, Tensor):
                any_tensor = True
                needs = needs or x._requires_grad
                values.append(x._data)
            else:
                plain = (type(x) is ndarray and x.dtype.kind in "fiub") or not isinstance(x, ndarray)
                values.append(x if plain else require_numbers(f"{op.name}()", x))
        if not any_tensor:
            return op.forward(*inputs, **params)
        try:
            data = op.forward(*values, **params)
        except _USER_ERRORS as error:
            refuse_learnable(op.name, params)
            raise restate(op.name, tuple(values), params, error) from error
        for value in values:
            if value is data:  # the forward function returned its input: a view shares its record of in-place changes
                data = data[...]
        return record(data, op, inputs, params, needs)

    return call


_USER_ERRORS = (ValueError, TypeError, IndexError, OverflowError, RuntimeError)
_new = object.__new__

RECORDERS: set[CodeType] = {f(None).__code__ for f in (unary, binary, general)}  # type: ignore[arg-type]  # only the code matters
"""The code of the recorders: a frame that runs one of them is a call of the primitive in its variable `op`."""


def record(data: Any, op: Primitive, inputs: tuple[Any, ...], params: dict[str, Any], needs: bool) -> Any:
    """The Tensor that wraps `data`, recorded if recording is on and one of its inputs needs a gradient."""
    out = _new(Tensor)
    kind = type(data)
    if kind is ndarray and data.dtype is FLOAT32 and data.base is None:
        out._data = data
    elif kind is np.float32:  # a result without axes: faster here than in _settle
        out._data = np.array(data)
    else:
        _settle(out, data, op, inputs, params)
        needs = needs and out._data.dtype.kind == "f"  # comparisons and similar ops have no gradient
    if needs and grad_enabled():
        out._requires_grad = True
        out._op = op
        out._inputs = inputs
        if params:
            out._params = params
        out._time = tick()
        if observers.on_result is not None:
            observers.on_result(out)
    elif observers.on_cut is not None:
        observers.on_cut(out, op.name, inputs)
    return out


def _settle(out: Node, data: Any, op: Primitive, inputs: tuple[Any, ...], params: dict[str, Any]) -> None:
    """Wrap a less common result: convert NumPy scalars to arrays, register views, and promote dtypes as PyTorch does."""
    if not is_array(data):
        if isinstance(data, Tensor):  # because one of `params` is a Tensor
            refuse_learnable(op.name, params)
        data = np.array(data)
    bases = [x for x in inputs if isinstance(x, Tensor) and _shares(data, x._data)] if data.base is not None else ()
    for x in bases:
        note_view(x, out)
    if data.dtype is FLOAT32:
        pass
    elif data.dtype is FLOAT64 and not _gives_float64(inputs):
        data = data.astype(FLOAT32)
    elif data.dtype == np.float16 and not bases:  # NumPy computes in float16, even for int8; PyTorch in float32
        kinds = "f" if any(getattr(raw(x), "dtype", None) == np.float16 for x in inputs) else "fiub"
        wide = [x.astype(FLOAT32) if isinstance(x, ndarray) and x.dtype.kind in kinds else x for x in map(raw, inputs)]
        data = as_array(op.forward(*wide, **params)).astype(np.float16 if kinds == "f" else node.default_float)
    elif data.dtype.kind in "iu" and (due := integer_due(data.dtype, inputs)) is not data.dtype:
        data = data.astype(due)
    elif data.dtype.kind not in "fbiu":
        require_numbers(f"{op.name}()", data)  # raises: complex numbers and objects are not supported
    out._data = data


def _shares(view: np.ndarray, array: np.ndarray) -> bool:
    return view.base is array or np.may_share_memory(view, array)  # the first is usually true, and takes a tenth of the time


def _gives_float64(inputs: tuple[Any, ...]) -> bool:
    """Whether PyTorch's promotion gives float64: arrays with axes decide; 0-d arrays only if none with axes is floating."""
    arrays = [a for a in map(raw, inputs) if isinstance(a, ndarray) and a.dtype.kind == "f"]
    deciding = [a for a in arrays if a.ndim] or arrays
    return any(a.dtype == FLOAT64 for a in deciding) if arrays else node.default_float == FLOAT64


def integer_due(dtype: np.dtype[Any], inputs: tuple[Any, ...]) -> np.dtype[Any]:
    """The dtype that PyTorch's promotion gives an integer result; int64 where NumPy's result for booleans is int8."""
    axes = [a.ndim for x in inputs if is_array(a := x._data if isinstance(x, Tensor) else x)]
    without = 0 in axes
    if dtype.itemsize > 1 and not (without and any(axes)):  # nearly always
        return dtype
    arrays = [a for a in map(raw, inputs) if isinstance(a, ndarray)]
    if dtype == np.int8 and all(a.dtype.kind == "b" for a in arrays):
        return np.dtype(np.int64)
    deciding = [a.dtype for a in arrays if a.ndim and a.dtype.kind in "iu"]
    return np.result_type(*deciding) if deciding and without else dtype


def _constant(x: Any, name: str) -> Any:
    """An operand that is not a Tensor: numbers are weak (the Tensor determines the dtype), as are NumPy scalars."""
    kind = type(x)
    if kind is float or kind is int or kind is bool or kind is ndarray or isinstance(x, Symbol):
        return x
    if isinstance(x, np.generic):
        return x.item()
    if isinstance(x, ndarray):
        return np.asarray(require_numbers(f"{name}()", x))
    raise TypeError(f"{name}(): operands must be Tensors, arrays or numbers, got {described(x)}")
