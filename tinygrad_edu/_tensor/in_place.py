"""Writing in place: `x[0] = v`, `x += v`, `x.exp_()`, `x.fill_(v)`.

The mutation clock notices each change; a change that would lose a gradient is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from ..autograd.arrays import as_array
from ..autograd.errors import ShapeError, restate
from ..autograd.grad_mode import grad_enabled
from ..autograd.mutation_clock import mark_changed
from ..autograd.node import NO_PARAMS, Node, is_tensor, raw
from ..ops.indexing import ints_first, plain_key

_KINDS = {"b": 0, "u": 1, "i": 1, "f": 2}  # the result of an in-place function may not be of a later kind than its target


class InPlace(Node):
    """What Tensor inherits: the methods that change its numbers."""

    def _check_in_place(self, what: str, *others: Any) -> None:
        """Refuse an in-place change that the graph could not know of."""
        if not grad_enabled():
            return
        if self._op is not None:
            raise RuntimeError(
                f"{what}: this tensor is part of a graph, and changing it in place would make its gradient wrong; compute "
                "a new one (y = y + 1, where(mask, value, y), cat, stack), or change it under no_grad()"
            )
        if self._requires_grad:
            raise RuntimeError(
                f"{what}: a leaf Variable that requires grad is being used in an in-place operation. "
                "Change parameters inside `with no_grad():`"
            )
        if any(is_tensor(x) and x._requires_grad for x in others):
            raise RuntimeError(
                f"{what}: the value requires grad, and a plain tensor cannot keep its graph; compute a new tensor instead "
                "(x = x + value, where(mask, value, x), cat, stack), or write value.detach()"
            )

    def _write(self, what: str, value: Any, *inputs: Any, key: Any = ..., cast: bool = False) -> Self:
        """self[key] = value, noticed by the mutation clock; `inputs` are what the value was computed from."""
        self._check_in_place(what, *inputs)
        array = raw(value)
        if not cast and isinstance(array, np.ndarray) and _KINDS[array.dtype.kind] > _KINDS[self._data.dtype.kind]:
            raise RuntimeError(f"{what}: result type {array.dtype} can't be cast to the desired output type {self._data.dtype}")
        try:
            first, rest = ints_first(plain_key(key))
            (self._data if first is None else self._data[first])[rest] = array
        except (ValueError, IndexError) as error:
            raise restate(what, (self._data, np.asarray(array)), NO_PARAMS, error) from None
        mark_changed(self)
        return self

    def _write_all(self, what: str, result: Any) -> Self:
        """self[...] = result, which has to have the shape of self: NumPy would drop leading axes of size 1."""
        if result.shape != self._data.shape:
            raise ShapeError(f"{what}: output with shape {self._data.shape} doesn't match the broadcast shape {result.shape}")
        return self._write(what, result)

    def _update(self, symbol: str, function: Callable[[Any, Any], Any], other: Any) -> Any:
        """x op= other: in place where nothing is recorded, else the name is bound to a new result, as x = x op other."""
        is_parameter = self._requires_grad and self._op is None
        recorded = self._requires_grad or (is_tensor(other) and other._requires_grad)
        if grad_enabled() and recorded and not is_parameter:
            result = function(self, other)
            if result.shape != self._data.shape:
                raise ShapeError(
                    f"x {symbol} value: the output shape {result.shape} doesn't match the shape {self._data.shape} of x; "
                    f"x = x {symbol[:-1]} value makes a new one"
                )
            return result.astype(self._data.dtype)
        self._check_in_place(f"x {symbol} value", other)
        return self._write_all(f"x {symbol} value", function(self.detach(), raw(other)))

    def __setitem__(self, key: Any, value: Any) -> None:
        self._write("x[key] = value", value, value, key=key, cast=True)

    def index_put_(self, indices: Any, values: Any, accumulate: bool = False) -> Self:
        """self[indices] = values, or += with repeated indices adding up."""
        if not accumulate:
            return self._write("index_put_()", values, values, key=tuple(indices), cast=True)
        self._check_in_place("index_put_()", values)
        np.add.at(self._data, plain_key(tuple(indices)), raw(values))
        mark_changed(self)
        return self

    def copy_(self, source: Any) -> Self:
        """self = source, in place; the dtype stays."""
        array = as_array(raw(source))
        if array.ndim > self._data.ndim:  # NumPy would drop leading axes of size 1
            raise ShapeError(
                f"copy_(): output with shape {self._data.shape} doesn't match the broadcast shape {array.shape}; "
                "source.reshape(x.shape) makes it fit"
            )
        return self._write("copy_()", source, source, cast=True)

    def fill_(self, value: Any) -> Self:
        """Every element becomes `value`, a number or a 0-d Tensor."""
        if np.ndim(raw(value)):
            raise ShapeError(
                f"fill_(): only supports a 0-dimension value tensor, got shape {np.shape(raw(value))}; copy_() writes others"
            )
        return self._write("fill_()", value, value)

    def zero_(self) -> Self:
        """Every element becomes 0."""
        return self._write("zero_()", 0)

    def fill_diagonal_(self, fill_value: Any) -> Self:
        """The main diagonal becomes `fill_value`."""
        self._check_in_place("fill_diagonal_()", fill_value)
        if self._data.ndim < 2:
            raise ShapeError(f"fill_diagonal_(): expects at least two axes, got shape {self._data.shape}")
        if self._data.ndim > 2 and len(set(self._data.shape)) > 1:
            raise ShapeError(f"fill_diagonal_(): more than two axes must be equally long, got shape {self._data.shape}")
        np.fill_diagonal(self._data, raw(fill_value))
        mark_changed(self)
        return self

    def detach_(self) -> Self:
        """self, if it is a leaf, without requires_grad. A result cannot be cut: write `y = y.detach()`."""
        if self._op is not None:
            raise RuntimeError(
                "detach_(): what was computed from this tensor would lose its gradient; write y = y.detach() instead"
            )
        self._requires_grad = False
        return self

    if TYPE_CHECKING:

        def detach(self) -> Any: ...


def in_place(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The method `name`: function(self, …), written into self."""

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        self._check_in_place(f"{name}()", *args, *kwargs.values())
        return self._write_all(f"{name}()", function(self.detach(), *args, **kwargs))

    method.__name__ = name
    method.__doc__ = f"{name.rstrip('_')}(self, …), written into self."
    return method


def reshaped_in_place(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The method `name`: function(self, …), a view of self, becomes self."""

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        self._check_in_place(f"{name}()")
        self._data = function(self, *args, **kwargs)._data
        mark_changed(self)
        return self

    method.__name__ = name
    method.__doc__ = f"{name.rstrip('_')}(self, …), in place."
    return method
