"""The functions of `ops/` as methods and operators of a Tensor.

Each module of `ops/` declares which of its functions are METHODS, and which of these have a twin `name_` that writes into
self, IN_PLACE. Editors and type checkers read `op_methods.pyi`, which `tools/write_stubs.py` writes from the same lists.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from .. import ops
from ..autograd.node import is_tensor
from ..ops import arithmetic, comparison, elementwise, indexing, products
from .in_place import InPlace, in_place, reshaped_in_place


class OpMethods(InPlace):
    """What Tensor inherits: one method for each op that is declared to be one, and the operators."""


OPERATORS: dict[str, tuple[str, Callable[..., Any]]] = {  # symbol: name between the underscores, function
    "+": ("add", elementwise.add),
    "-": ("sub", elementwise.subtract),
    "*": ("mul", elementwise.multiply),
    "/": ("truediv", elementwise.divide),
    "//": ("floordiv", arithmetic.floor_divide),
    "%": ("mod", arithmetic.remainder),
    "**": ("pow", elementwise.power),
    "@": ("matmul", products.matmul),
    "&": ("and", comparison.bitwise_and),
    "|": ("or", comparison.bitwise_or),
    "^": ("xor", comparison.bitwise_xor),
    "<<": ("lshift", comparison.bitwise_left_shift),
    ">>": ("rshift", comparison.bitwise_right_shift),
}
COMMUTATIVE = "+*&|^"

OTHER_OPERATORS: dict[str, Callable[..., Any]] = {
    "neg": elementwise.negative,
    "pos": elementwise.positive,
    "abs": elementwise.absolute,
    "invert": comparison.invert,
    "getitem": indexing.getitem,
    "lt": comparison.less,
    "le": comparison.less_equal,
    "gt": comparison.greater,
    "ge": comparison.greater_equal,
}

RESHAPED = ("squeeze", "unsqueeze", "t", "transpose", "swapaxes", "swapdims")  # which have a twin that reshapes self

CASTS = {
    "half": np.float16, "float": np.float32, "double": np.float64, "byte": np.uint8, "char": np.int8, "short": np.int16,
    "int": np.int32, "long": np.int64, "bool": np.bool_,
}  # fmt: skip


def _reflected(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, other: function(other, self)


def _augmented(symbol: str, function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, other: self._update(symbol, function, other)


def _equality(function: Callable[..., Any]) -> Callable[..., Any]:
    comparable = (np.ndarray, np.generic, int, float)
    return lambda self, x: function(self, x) if is_tensor(x) or isinstance(x, comparable) else NotImplemented


def _cast(name: str, dtype: type) -> Callable[..., Any]:
    def method(self: Any) -> Any:
        return ops.cast(self, dtype)

    method.__name__ = name
    method.__doc__ = f"self as {np.dtype(dtype)}."
    return method


def _methods() -> dict[str, Callable[..., Any]]:
    methods = {**ops.METHODS, **{f"{name}_": in_place(f"{name}_", ops.METHODS[name]) for name in ops.IN_PLACE}}
    methods |= {f"{name}_": reshaped_in_place(f"{name}_", ops.METHODS[name]) for name in RESHAPED}
    methods |= {name: _cast(name, dtype) for name, dtype in CASTS.items()}
    for symbol, (name, function) in OPERATORS.items():
        methods[f"__{name}__"] = function
        methods[f"__r{name}__"] = function if symbol in COMMUTATIVE else _reflected(function)
        if symbol != "@":
            methods[f"__i{name}__"] = _augmented(f"{symbol}=", function)
    methods |= {f"__{name}__": function for name, function in OTHER_OPERATORS.items()}
    return methods | {"__eq__": _equality(comparison.equal), "__ne__": _equality(comparison.not_equal)}


for _name, _method in _methods().items():
    setattr(OpMethods, _name, _method)
