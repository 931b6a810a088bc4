"""The functions of `ops/` as methods and operators of a Tensor.

Each module of `ops/` declares which of its functions are METHODS, and which of these have a twin `name_` that writes into
self, IN_PLACE. Editors and type checkers read `op_methods.pyi`, which `tools/write_stubs.py` writes from the same lists.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from ..autograd.node import is_tensor
from ..ops import loading
from .in_place import InPlace, in_place, reshaped_in_place


class OpMethods(InPlace):
    """What Tensor inherits: one method for each op that is declared to be one, and the operators."""


class Method:
    """A method whose module is loaded when it is first used; then the function takes its place."""

    def __init__(self, name: str, load: Callable[[], Any]) -> None:
        self.name, self.load = name, load
        setattr(OpMethods, name, self)

    def __get__(self, instance: Any, owner: type) -> Any:
        function = self.load()
        setattr(OpMethods, self.name, function)
        return function if instance is None else function.__get__(instance, owner)


OPERATORS = {  # symbol: name between the underscores, function in ops/
    "+": ("add", "elementwise.add"), "-": ("sub", "elementwise.subtract"), "*": ("mul", "elementwise.multiply"),
    "/": ("truediv", "elementwise.divide"), "//": ("floordiv", "arithmetic.floor_divide"),
    "%": ("mod", "arithmetic.remainder"), "**": ("pow", "elementwise.power"), "@": ("matmul", "products.matmul"),
    "&": ("and", "comparison.bitwise_and"), "|": ("or", "comparison.bitwise_or"), "^": ("xor", "comparison.bitwise_xor"),
    "<<": ("lshift", "comparison.bitwise_left_shift"), ">>": ("rshift", "comparison.bitwise_right_shift"),
}  # fmt: skip
COMMUTATIVE = "+*&|^"

OTHER_OPERATORS = {
    "neg": "elementwise.negative", "pos": "elementwise.positive", "abs": "elementwise.absolute", "invert": "comparison.invert",
    "lt": "comparison.less", "le": "comparison.less_equal", "gt": "comparison.greater", "ge": "comparison.greater_equal",
    "getitem": "indexing.getitem",
}  # fmt: skip

RESHAPED = ("squeeze", "unsqueeze", "t", "transpose", "swapaxes", "swapdims")  # which have a twin that reshapes self

CASTS = {
    "half": np.float16, "float": np.float32, "double": np.float64, "byte": np.uint8, "char": np.int8, "short": np.int16,
    "int": np.int32, "long": np.int64, "bool": np.bool_,
}  # fmt: skip


def _op(place: str) -> Any:
    """The function at a place in ops/: "elementwise.add"."""
    module, _, name = place.partition(".")
    return getattr(loading.load(module), name)


def _reflected(place: str) -> Callable[..., Any]:
    function = _op(place)
    return lambda self, other: function(other, self)


def _augmented(symbol: str, place: str) -> Callable[..., Any]:
    function = _op(place)
    return lambda self, other: self._update(f"{symbol}=", function, other)


def _equality(place: str) -> Callable[..., Any]:
    function, comparable = _op(place), (np.ndarray, np.generic, int, float)
    return lambda self, x: function(self, x) if is_tensor(x) or isinstance(x, comparable) else NotImplemented


def _cast(name: str, dtype: type) -> Callable[..., Any]:
    def method(self: Any) -> Any:
        return self.astype(dtype)

    method.__name__ = name
    method.__doc__ = f"self as {np.dtype(dtype)}."
    return method


for _name in loading.METHODS:
    Method(_name, partial(loading.method, _name))
for _name in loading.IN_PLACE:
    Method(f"{_name}_", partial(in_place, _name))
for _name in RESHAPED:
    Method(f"{_name}_", partial(reshaped_in_place, _name))
for _name, _dtype in CASTS.items():
    Method(_name, partial(_cast, _name, _dtype))
for _symbol, (_name, _place) in OPERATORS.items():
    Method(f"__{_name}__", partial(_op, _place))
    Method(f"__r{_name}__", partial(_op if _symbol in COMMUTATIVE else _reflected, _place))
    if _symbol != "@":
        Method(f"__i{_name}__", partial(_augmented, _symbol, _place))
for _name, _place in OTHER_OPERATORS.items():
    Method(f"__{_name}__", partial(_op, _place))
Method("__eq__", partial(_equality, "comparison.equal"))
Method("__ne__", partial(_equality, "comparison.not_equal"))
