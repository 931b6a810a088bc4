"""NumPy's protocols: `np.f(tensor)` calls the function of `ops/` registered for np.f, or np.f itself if no gradient is lost."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ..autograd.arrays import Symbol
from ..autograd.grad_mode import grad_enabled
from ..autograd.mutation_clock import mark_changed
from ..autograd.node import Node, from_array, is_tensor, raw
from ..autograd.past.views import note_view
from ..ops.loading import for_numpy

_LOOK_ONLY = {  # NumPy functions whose results have no gradient: they get the arrays, even of tensors that require grad
    np.allclose, np.array_equal, np.array_equiv, np.isclose, np.shape, np.ndim, np.size, np.array_repr, np.array_str,
    np.array2string, np.argmax, np.argmin, np.argsort, np.flatnonzero, np.argwhere, np.count_nonzero,
    np.iscomplexobj, np.isrealobj, np.zeros_like, np.ones_like, np.full_like, np.empty_like, np.result_type, np.can_cast,
    np.may_share_memory, np.shares_memory, np.broadcast_shapes, np.unique, np.bincount, np.histogram, np.searchsorted,
    np.digitize, np.isin, np.iscomplex, np.isreal, np.save, np.savetxt, np.savez, np.savez_compressed,
}  # fmt: skip

_WRITE_TO_FIRST = {"copyto", "put", "place", "putmask", "fill_diagonal", "put_along_axis"}  # NumPy functions

_REDUCTIONS: dict[np.ufunc, Callable[..., Any]] = {  # np.add.reduce(t) is np.sum(t, axis=0)
    np.add: np.sum,
    np.multiply: np.prod,
    np.maximum: np.max,
    np.minimum: np.min,
}


class NumpyProtocols(Node):
    """Mixin of Tensor: NumPy's functions accept it, and other libraries can share its memory."""

    def numpy(self) -> np.ndarray:
        """The array itself, not a copy; raises RuntimeError if the tensor requires grad."""
        if self._requires_grad:
            raise RuntimeError("Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.")
        return self._data.numbers() if isinstance(self._data, Symbol) else self._data

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        if self._requires_grad and sys._getframe(1).f_globals.get("__name__", "").startswith("numpy.testing"):
            return np.array(self._data, dtype=dtype)  # np.testing.assert_* only read, but NumPy has no protocol for them
        return np.array(self.numpy(), dtype=dtype, copy=copy)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        kwargs = {k: v for k, v in kwargs.items() if v is not None or k == "axis"}  # axis=None means all axes
        function = for_numpy(ufunc)
        if method == "__call__" and function is not None and not kwargs:
            return function(*inputs)
        if method == "reduce" and ufunc in _REDUCTIONS and kwargs.keys() <= {"axis", "keepdims"}:
            return for_numpy(_REDUCTIONS[ufunc])(*inputs, **{"axis": 0, **kwargs})
        name = ufunc.__name__ if method == "__call__" else f"{ufunc.__name__}.{method}"
        return self._plain(name, getattr(ufunc, method), inputs, kwargs)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        ours = for_numpy(function)
        if ours is not None:
            try:
                return ours(*args, **kwargs)
            except (TypeError, ValueError, RuntimeError, AttributeError) as error:  # np.dot(t, 2): a number has no axes
                # Options that only NumPy has (where=, initial=, order=): NumPy's own function handles them, and may run if no
                # gradient would be lost. If it fails too, our error is the more useful one.
                recorded = grad_enabled() and any(t._requires_grad for t in _tensors((args, kwargs)))
                if recorded and "unexpected keyword" not in str(error):
                    raise
                try:
                    return self._plain(function.__name__, function, args, kwargs)
                except Exception:
                    if recorded:
                        raise
                    raise error from None
        if function in _LOOK_ONLY:
            return function(*_arrays(args), **_arrays(kwargs))
        return self._plain(function.__name__, function, args, kwargs)

    @staticmethod
    def _plain(name: str, call: Any, args: Any, kwargs: Any) -> Any:
        """Call a NumPy function that has no rule; raise TypeError if a gradient would be lost."""
        to_first = name in _WRITE_TO_FIRST or name.endswith(".at")
        if grad_enabled() and any(t._requires_grad for t in _tensors((args, kwargs))):
            given = f" with {', '.join(f'{name}=' for name in kwargs)}" if kwargs else ""
            writes = to_first or "out" in kwargs
            recorded = "y[...] = value or y.index_add_(0, i, value)" if writes else "a function of tinygrad_edu.ops"
            raise TypeError(
                f"np.{name}{given} has no gradient rule, and a Tensor that requires grad was given: its gradient would be "
                f"lost. Use {recorded}, pass x.detach(), or define the rule with tinygrad_edu.autograd.primitive"
            )
        for written in _tensors((kwargs.get("out"), args[:1] if to_first else ())):
            mark_changed(written)
        answer = call(*_arrays(args), **_arrays(kwargs))
        if "out" in kwargs:
            return kwargs["out"][0] if isinstance(kwargs["out"], tuple) else kwargs["out"]
        answers = _with(answer, (np.ndarray, np.generic), lambda array: from_array(np.asarray(array)))
        for view in _tensors(answers):
            for t in _tensors(args):
                if np.may_share_memory(view._data, t._data):
                    note_view(t, view)
        return answers

    @property
    def _mask(self) -> np.bool:
        """Read by NumPy's functions for masked arrays, and by `masked * x`: these have no gradient rules."""
        if self._requires_grad and grad_enabled():
            raise RuntimeError("A masked array loses the gradient of a Tensor: use masked.filled(value), or x.detach()")
        return np.False_

    def __dlpack__(self, **kwargs: Any) -> Any:
        """The memory itself, for another library: `torch.from_dlpack(x)`; raises RuntimeError if the tensor requires grad."""
        return self.numpy().__dlpack__(**kwargs)

    def __dlpack_device__(self) -> tuple[int, int]:
        return self._data.__dlpack_device__()


def _tensors(x: Any) -> Iterator[Any]:
    """The Tensors in nested tuples, lists and dicts of arguments."""
    if is_tensor(x):
        yield x
    elif isinstance(x, (tuple, list, dict)):
        for item in x.values() if isinstance(x, dict) else x:
            yield from _tensors(item)


def _with(x: Any, kind: Any, new: Callable[[Any], Any]) -> Any:
    """x, or nested tuples, lists and dicts, with new(part) in place of every part of the type `kind`."""
    if isinstance(x, kind):
        return new(x)
    if isinstance(x, dict):
        return {key: _with(part, kind, new) for key, part in x.items()}
    if isinstance(x, (tuple, list)):
        parts = [_with(part, kind, new) for part in x]
        return type(x)(*parts) if hasattr(x, "_fields") else type(x)(parts)
    return x


def _arrays(x: Any) -> Any:
    """Arguments with arrays in place of Tensors."""
    return _with(x, Node, raw)
