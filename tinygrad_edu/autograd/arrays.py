"""What counts as an array: NumPy's arrays, and the symbols that represent them while a step is being recorded.

A symbol implements NumPy's functions and operators through NumPy's own protocols. This module has checks of data, and the
few operations for which NumPy has no protocol.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from .errors import DomainError, DtypeError


class Symbol:
    """Base class of symbols for arrays; subclasses also have shape, dtype and strides, and NumPy's operators."""

    __slots__ = ()
    a: Any  # the array that it represents, with the values of this run

    def strided(self, shape: tuple[int, ...], strides: tuple[int, ...]) -> Any:
        """The same memory viewed with another shape and other strides (in bytes)."""
        raise NotImplementedError

    def lift(self, a: Any) -> Any:
        """A symbol for another array, which the step has just created."""
        raise NotImplementedError

    def numbers(self) -> np.ndarray[Any, Any]:
        """The array that it represents, for code that uses the values directly and is not recorded."""
        raise NotImplementedError

    def decide(self) -> bool:
        """bool(self), which the recorded program checks in each call."""
        raise NotImplementedError

    def call(self, function: Callable[..., Any], args: tuple[Any, ...], params: dict[str, Any]) -> Any:
        """function(*args, **params), recorded as one call."""
        raise NotImplementedError


def is_array(x: Any) -> bool:
    """Whether x is an array or represents one.

    >>> is_array(np.ones(2)), is_array(1.0)
    (True, False)
    """
    return isinstance(x, (np.ndarray, Symbol))


def decide(condition: Any) -> bool:
    """bool(condition), for a condition on values that is nearly always the same, such as whether labels are in range.

    A recorded program checks it in each call, and leaves the call to eager mode if it differs.

    >>> decide(np.array([1, 2]).max() < 3)
    True
    """
    return condition.decide() if isinstance(condition, Symbol) else bool(condition)


def decide_any(conditions: Any) -> bool:
    """decide(np.any(conditions)), faster for arrays.

    >>> decide_any(np.array([1, 2]) < 0)
    False
    """
    if isinstance(conditions, Symbol):
        return decide(np.any(conditions))  # type: ignore[call-overload]  # a symbol is recorded
    return bool(np.count_nonzero(conditions))  # .any() takes 0.7 µs longer


def lifted(a: Any, *others: Any) -> Any:
    """The new array `a`, or a symbol for it if one of `others` is a symbol, so that symbols can be written to it.

    >>> lifted(np.zeros(2), 1.0)
    array([0., 0.])
    """
    for x in others:
        if isinstance(x, Symbol):
            return x.lift(a) if not isinstance(a, Symbol) else a
        if isinstance(x, (tuple, list)):
            a = lifted(a, *x)
    return a


def as_array(x: Any, dtype: Any = None) -> Any:
    """np.asarray(x, dtype); a symbol stays a symbol.

    >>> as_array([1, 2], np.float32)
    array([1., 2.], dtype=float32)
    """
    if isinstance(x, Symbol):
        return x if dtype is None else x.astype(dtype, copy=False)  # type: ignore[attr-defined]  # every symbol has astype
    return np.asarray(x, dtype)


REMEDIES = {  # kind of a dtype -> how to convert such an array to numbers
    "O": "use array.astype(np.float32) for numbers; None and strings must be replaced first",
    "U": "use np.unique(names, return_inverse=True)[1] for names, or array.astype(np.float32) for numbers stored as text",
    "c": "use array.real and array.imag",
    "M": "use (dates - dates[0]) / np.timedelta64(1, 'D') for days",
    "m": "use array / np.timedelta64(1, 'D') for days",
    "V": "combine the columns with np.column_stack",
}
REMEDIES["S"] = REMEDIES["T"] = REMEDIES["U"]


def require_numbers(name: str, data: Any) -> Any:
    """`data` as an array of numbers or booleans; raise an error that suggests a fix for other kinds and for masked entries.

    >>> require_numbers("tensor()", np.ones(2, complex))
    Traceback (most recent call last):
    tinygrad_edu.autograd.errors.DtypeError: tensor(): expected numbers or booleans, got dtype complex128; use array.real and \
array.imag
    """
    if hasattr(data, "filled"):  # a masked array; isinstance would import numpy.ma
        if missing := np.count_nonzero(data.mask):
            raise DomainError(
                f"{name}: the masked array lacks {missing} of its {data.size} values, and a Tensor has no mask; "
                "use array.filled(value) to replace masked entries with a number"
            )
        data = data.data
    array = data if is_array(data) else np.asarray(data)
    kind = array.dtype.kind
    if kind == "f" and array.dtype.itemsize > 8:
        raise DtypeError(f"{name}: dtype {array.dtype} is not supported; use array.astype(np.float64)")
    if kind not in "fiub":
        inferred = "Could not infer dtype of NoneType: " if kind == "O" and None in array.ravel().tolist() else ""
        raise DtypeError(f"{name}: {inferred}expected numbers or booleans, got dtype {array.dtype}; {REMEDIES[kind]}")
    return array


def require_fits(name: str, value: Any, dtype: np.dtype[Any]) -> Any:
    """`value`; raise an error for a string, and for a number that an integer dtype cannot hold and NumPy might wrap silently.

    >>> require_fits("fill_()", 300, np.dtype("int8"))
    Traceback (most recent call last):
    tinygrad_edu.autograd.errors.DomainError: fill_(): int8 cannot represent 300; convert first, with .float() or another dtype
    """
    if isinstance(value, (str, bytes)):
        require_numbers(name, value)
    if dtype.kind in "iu" and isinstance(value, (int, float, np.number)):
        limits = np.iinfo(dtype)
        if not (limits.min or -limits.max) <= value <= limits.max:  # as in PyTorch, −1 is 255 in uint8
            raise DomainError(f"{name}: {dtype} cannot represent {value}; convert first, with .float() or another dtype")
    return value


def refuse_learnable(name: str, params: dict[str, Any]) -> None:
    """Raise an error if one of the keyword parameters of the op `name` requires grad: only its inputs have gradients."""
    for key, value in params.items():
        if getattr(value, "requires_grad", False):
            raise RuntimeError(
                f"{name}(): the argument {key} is a constant without a gradient, but got a Tensor that requires grad: "
                "pass x.item() or x.detach(), or write the formula with operations, which are recorded"
            )


F = TypeVar("F", bound=Callable[..., Any])


def kernel(function: F) -> F:
    """Decorator for a function from arrays to a new array: a recorded program calls it as a whole."""

    @functools.wraps(function)
    def call(*args: Any, **params: Any) -> Any:
        for x in args:
            if isinstance(x, Symbol):
                return x.call(function, args, params)
        return function(*args, **params)

    return call  # type: ignore[return-value]  # the same signature


def strided(x: Any, shape: tuple[int, ...], strides: tuple[int, ...], writeable: bool = False) -> Any:
    """The memory of x viewed with another shape and other strides (in bytes), read-only unless `writeable`.

    >>> strided(np.arange(4), (3, 2), (8, 8))
    array([[0, 1],
           [1, 2],
           [2, 3]])
    """
    if isinstance(x, Symbol):
        return x.strided(shape, strides)
    return np.lib.stride_tricks.as_strided(x, shape, strides, writeable=writeable)


def of_numbers(function: Callable[..., float], *args: Any) -> float:
    """function(*args) for Python numbers; while a step is recorded, these may be symbols, which record the call.

    >>> import math
    >>> of_numbers(math.sqrt, 4.0)
    2.0
    """
    if isinstance(args[0], (int, float)):
        return function(*args)
    return args[0].apply(function, *args)  # type: ignore[no-any-return]  # a symbol
