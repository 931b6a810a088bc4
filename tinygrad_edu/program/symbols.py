"""A symbol for an array: it has the values of this run, and records what is computed from it.

While a step is recorded, tensors hold symbols in place of arrays. Each NumPy call on one is written to the tape and executed on
the values, so that the step does what it always does. Anything that cannot be recorded (a decision that depends on
values, float(), np.asarray) is executed too, and the tape notes that the step cannot be compiled, and why.
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

import numpy as np

from ..autograd.arrays import Symbol
from .instructions import CONST, Array, Store, View

if TYPE_CHECKING:
    from .tape import Tape

_REDUCTIONS = {
    np.sum: np.add,
    np.prod: np.multiply,
    np.max: np.maximum,
    np.min: np.minimum,
    np.any: np.logical_or,
    np.all: np.logical_and,
}
_ABOUT_MEMORY = {
    np.may_share_memory,
    np.shares_memory,
    np.result_type,
    np.shape,
    np.ndim,
    np.size,
    np.can_cast,
    np.min_scalar_type,
}


class Traced(Symbol, View, np.lib.mixins.NDArrayOperatorsMixin):
    """A view `path` of a store, with its values `a` in this run."""

    __slots__ = ("a", "path", "placed", "store", "tape")
    __array_priority__ = 2000
    __hash__ = object.__hash__

    def __init__(self, tape: Tape, store: Store, path: str, a: Array) -> None:
        self.tape, self.store, self.path, self.a, self.placed = tape, store, path, a, None

    @property  # type: ignore[misc]  # code that takes arrays checks isinstance(x, np.ndarray)
    def __class__(self) -> Any:
        return np.ndarray

    def __repr__(self) -> str:
        return f"Traced({self.store.name}: {self.a!r})"

    # --- properties ---

    shape = property(lambda self: self.a.shape)
    ndim = property(lambda self: self.a.ndim)
    dtype = property(lambda self: self.a.dtype)
    size = property(lambda self: self.a.size)
    strides = property(lambda self: self.a.strides)
    itemsize = property(lambda self: self.a.itemsize)
    nbytes = property(lambda self: self.a.nbytes)
    flags = property(lambda self: self.a.flags)
    base = property(lambda self: self.a.base)

    def __len__(self) -> int:
        return len(self.a)

    # --- views ---

    def _view(self, how: str, a: Array) -> Any:
        path = how.replace("{}", self.path, 1)
        return Traced(self.tape, self.store, path, a)

    def moved(self, store: Store) -> Traced:
        """The same view of another store, which has the same values in the same layout."""
        view = Traced(self.tape, store, self.path, self.a)
        view.placed = self.place()
        return view

    T = property(lambda self: self._view("{}.T", self.a.T))

    def view(self, dtype: Any) -> Any:
        return self._view(f"{{}}.view({np.dtype(dtype)})", self.a.view(dtype))

    def strided(self, shape: tuple[int, ...], strides: tuple[int, ...]) -> Any:
        a = np.lib.stride_tricks.as_strided(self.a, shape, strides, writeable=False)
        return self._view(f"as_strided({{}}, {shape}, {strides})", a)

    def reshape(self, *shape: Any, order: str = "C") -> Any:
        return np.reshape(self, shape[0] if len(shape) == 1 else shape)

    def transpose(self, *axes: Any) -> Any:
        return np.transpose(self, (axes[0] if len(axes) == 1 else axes) or None)

    def ravel(self) -> Any:
        return np.reshape(self, (self.size,))

    def squeeze(self, axis: Any = None) -> Any:
        return np.squeeze(self, axis)

    def swapaxes(self, a: int, b: int) -> Any:
        return np.swapaxes(self, a, b)

    def __getitem__(self, key: Any) -> Any:
        keys = key if isinstance(key, tuple) else (key,)
        if any(isinstance(k, (View, np.ndarray, list)) for k in keys):
            return self.tape.add("take", "take", operator.getitem, [self, *keys], {})
        a = self.a[key]
        if not isinstance(a, np.ndarray):  # a single element: a view of it, which can be written to
            keys = (*keys, ...)
            a = self.a[keys]
        return self._view(f"{{}}[{', '.join(map(key_text, keys))}]", a)

    def __setitem__(self, key: Any, value: Any) -> None:
        keys = key if isinstance(key, tuple) else (key,)
        if any(isinstance(k, (View, np.ndarray, list)) for k in keys):
            self.tape.add("setitem", "setitem", operator.setitem, [value, *keys], {}, out=self)
            return
        into = self[key]
        if isinstance(value, Traced) and value.store is into.store and same_place(value.a, into.a):
            return  # x[key] += y has already done it
        if isinstance(value, (int, float, bool)):
            self.tape.add("fill", "fill", np.copyto, [value], {}, out=into)
        else:
            self.tape.add("copy", "copyto", np.copyto, [value], {}, out=into)

    # --- computing ---

    def __array_ufunc__(self, f: Any, method: str, *inputs: Any, out: Any = None, **kw: Any) -> Any:
        if method == "__call__":
            if f.signature is not None:
                return self.tape.add("product", f.__name__, f, list(inputs), kw, out=out and out[0])
            if f.nout > 1:
                return self.tape.add("call", f.__name__, f, list(inputs), kw)
            return self.tape.ufunc(f, inputs, kw, out and out[0])
        if method == "reduce":
            kw = {k: v for k, v in kw.items() if v is not np._NoValue and (v is not None or k == "axis")}
            return self.tape.add("reduce", f"{f.__name__}.reduce", f.reduce, list(inputs), kw, out=out and out[0])
        return self.tape.add("call", f"{f.__name__}.{method}", getattr(f, method), list(inputs), kw)

    def __array_function__(self, f: Any, types: Any, args: Any, kw: Any) -> Any:
        if kw.get("out") is not None:
            options = {k: v for k, v in kw.items() if k != "out"}
            return self.tape.add("call", f.__name__, f, list(args), options, out=kw["out"])
        if f in _ABOUT_MEMORY:
            return f(*_numbers(args), **kw)
        if f in _REDUCTIONS and set(kw) <= {"axis", "keepdims", "initial", "dtype"} and len(args) <= 2:
            options = {"axis": args[1] if len(args) > 1 else None, **kw}
            return _REDUCTIONS[f].reduce(args[0], **options)
        if f is np.dot:
            return self.tape.add("product", "dot", f, list(args), kw)
        if f in (np.zeros_like, np.ones_like, np.empty_like, np.full_like):
            return self.tape.made(f(*_numbers(args), **kw))
        if f is np.copy:
            return self.tape.add("copy", "copyto", np.copyto, [args[0]], {}, a=np.copy(args[0].a, *args[1:], **kw))
        if f is np.copyto and set(kw) <= {"casting"} and isinstance(args[0], Traced):
            return args[0].__setitem__(..., args[1])
        if args and type(args[0]) is Traced and not any(isinstance(x, View) for x in [*args[1:], *kw.values()]):
            a = f(args[0].a, *args[1:], **kw)
            if isinstance(a, np.ndarray) and a.size and np.may_share_memory(a, args[0].a):
                rest = [*map(key_text, args[1:]), *(f"{k}={v!r}" for k, v in kw.items())]
                return args[0]._view(f"{f.__name__}({', '.join(['{}', *rest])})", a)
            if isinstance(a, (list, tuple)) and all(isinstance(p, np.ndarray) and np.may_share_memory(p, args[0].a) for p in a):
                shown = ", ".join([*map(key_text, args[1:]), *(f"{k}={v!r}" for k, v in kw.items())])
                return [args[0]._view(f"{f.__name__}({{}}, {shown})[{i}]", p) for i, p in enumerate(a)]
        return self.tape.add("call", f.__name__, f, list(args), kw)

    def lift(self, a: Any) -> Any:
        return self.tape.made(a)

    def numbers(self) -> Any:
        return self.tape.looked("numpy()", self.a, self)

    def decide(self) -> bool:
        return self.tape.check(self)

    def call(self, function: Any, args: tuple[Any, ...], params: dict[str, Any]) -> Any:
        return self.tape.add("call", function.__name__, function, list(args), params)

    def __pow__(self, other: Any) -> Any:
        a = self.a ** (other.a if isinstance(other, Traced) else other)
        if type(other) in (int, float):  # for some exponents, NumPy's operator uses a different algorithm than np.power
            for f in (np.square, np.sqrt, np.reciprocal, np.positive):
                if other == {np.square: 2, np.sqrt: 0.5, np.reciprocal: -1, np.positive: 1}[f] and self.dtype.kind == "f":
                    with np.errstate(all="ignore"):
                        if np.array_equal(f(self.a), a, equal_nan=True):
                            return f(self)
        return np.power(self, other)

    def dot(self, other: Any) -> Any:
        return np.dot(self, other)

    def astype(self, dtype: Any, copy: bool = True) -> Any:
        if not copy and self.dtype == dtype:
            return self
        return self.tape.add("copy", "copyto", np.copyto, [self], {}, a=self.a.astype(dtype))

    def copy(self, order: Any = "C") -> Any:
        return self.tape.add("copy", "copyto", np.copyto, [self], {}, a=self.a.copy(order))

    def fill(self, value: Any) -> None:
        self[...] = value

    def _reduced(self, f: Any, axis: Any = None, keepdims: bool = False, **kw: Any) -> Any:
        return f.reduce(self, axis=axis, keepdims=keepdims, **kw)

    def sum(self, axis: Any = None, keepdims: bool = False, dtype: Any = None) -> Any:
        return self._reduced(np.add, axis, keepdims, **({} if dtype is None else {"dtype": dtype}))

    def max(self, axis: Any = None, keepdims: bool = False) -> Any:
        return self._reduced(np.maximum, axis, keepdims)

    def min(self, axis: Any = None, keepdims: bool = False) -> Any:
        return self._reduced(np.minimum, axis, keepdims)

    def mean(self, axis: Any = None, keepdims: bool = False) -> Any:
        return np.mean(self, axis=axis, keepdims=keepdims)

    def argmax(self, axis: Any = None, keepdims: bool = False) -> Any:
        return np.argmax(self, axis=axis, keepdims=keepdims)

    # --- what cannot be recorded: executed, and noted ---

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self.tape.looked(f".{name}", getattr(self.a, name))

    def _look(name: str) -> Any:  # type: ignore[misc]  # noqa: N805 - makes the methods below
        how = {"__array__": "np.asarray()", "__bool__": "a decision (if, while, and, or, assert)"}.get(
            name, name.strip("_") + "()"
        )

        def look(self: Traced, *args: Any, **kw: Any) -> Any:
            return self.tape.looked(how, getattr(self.a, name)(*args, **kw), self)

        return look

    __bool__, __float__, __int__, __index__, __array__ = map(
        _look, ("__bool__", "__float__", "__int__", "__index__", "__array__")
    )
    item, tolist, tobytes, nonzero = map(_look, ("item", "tolist", "tobytes", "nonzero"))

    def __iter__(self) -> Any:
        return (self[i] for i in range(len(self.a)))

    def all(self, *args: Any, **kw: Any) -> Any:
        return np.all(self, *args, **kw)

    def any(self, *args: Any, **kw: Any) -> Any:
        return np.any(self, *args, **kw)


def _numbers(x: Any) -> Any:
    if isinstance(x, (tuple, list)):
        return type(x)(_numbers(v) for v in x)
    return x.a if type(x) is Traced else x


def same_place(a: Array, b: Array) -> bool:
    """Whether two views refer to the same memory in the same way."""
    return a.__array_interface__["data"] == b.__array_interface__["data"] and a.strides == b.strides and a.shape == b.shape


def key_text(k: Any) -> str:
    """An index as Python source.

    >>> [key_text(k) for k in (slice(None), slice(1, None, 2), ..., None, 3, np.int64(4))]
    [':', '1::2', '...', 'None', '3', '4']
    """
    if isinstance(k, slice):
        parts = ["" if v is None else repr(v) for v in (k.start, k.stop)]
        return ":".join(parts) + ("" if k.step is None else f":{k.step!r}")
    return "..." if k is Ellipsis else repr(k.item() if isinstance(k, np.generic) else k)


__all__ = ["CONST", "Traced", "key_text", "same_place"]
