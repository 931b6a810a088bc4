"""The functions of `ops/` as methods and operators of a Tensor.

Each module of `ops/` lists in METHODS which of its functions are methods, and in IN_PLACE which of these also have an in-place
form `name_`. Editors and type checkers read `op_methods.pyi`, which `tools/write_stubs.py` generates from the same lists.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ..autograd.node import is_tensor
from ..ops import loading
from .in_place import InPlace, in_place, reshaped_in_place


class Method:
    """A method whose module is loaded when it is first used: then load(*args), a function, takes its place."""

    __slots__ = ("args", "doc", "load", "name")

    def __init__(self, name: str, load: Callable[..., Any], *args: Any, doc: str | None = None) -> None:
        self.name, self.load, self.args, self.doc = name, load, args, doc

    def __get__(self, instance: Any, owner: type) -> Any:
        function = self.load(*self.args)
        if self.doc is not None:  # it was made for this method alone
            function.__name__, function.__doc__ = self.name, self.doc
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

RESHAPED = (
    "squeeze",
    "unsqueeze",
    "t",
    "transpose",
    "swapaxes",
    "swapdims",
)  # with in-place forms that change the shape of self

CASTS = {
    "half": np.float16, "float": np.float32, "double": np.float64, "byte": np.uint8, "char": np.int8, "short": np.int16,
    "int": np.int32, "long": np.int64, "bool": np.bool_,
}  # fmt: skip


def _op(place: str) -> Any:
    """The function at a location in ops/, such as "elementwise.add"."""
    module, _, name = place.partition(".")
    return getattr(loading.load(module), name)


def _reflected(place: str) -> Callable[..., Any]:
    function = _op(place)
    return lambda self, other: function(other, self)


def _augmented(symbol: str, place: str) -> Callable[..., Any]:
    function = _op(place)
    return lambda self, other: self._apply(f"x {symbol}= value", function, other)


def _equality(place: str) -> Callable[..., Any]:
    function, comparable = _op(place), (np.ndarray, np.generic, int, float)
    return lambda self, x: function(self, x) if is_tensor(x) or isinstance(x, comparable) else NotImplemented


def _cast(dtype: type) -> Callable[..., Any]:
    return lambda self: self.astype(dtype)


def _methods() -> Iterator[Method]:
    for name in loading.METHODS:
        yield Method(name, loading.method, name)
    for name in loading.IN_PLACE:
        yield Method(f"{name}_", in_place, name, doc=f"In-place version of {name}().")
    for name in RESHAPED:
        yield Method(f"{name}_", reshaped_in_place, name, doc=f"In-place version of {name}().")
    for name, dtype in CASTS.items():
        yield Method(name, _cast, dtype, doc=f"self as {np.dtype(dtype)}.")
    for symbol, (name, place) in OPERATORS.items():
        yield Method(f"__{name}__", _op, place)
        yield Method(f"__r{name}__", _op if symbol in COMMUTATIVE else _reflected, place)
        if symbol != "@":
            yield Method(f"__i{name}__", _augmented, symbol, place)
    for name, place in OTHER_OPERATORS.items():
        yield Method(f"__{name}__", _op, place)
    yield Method("__eq__", _equality, "comparison.equal")
    yield Method("__ne__", _equality, "comparison.not_equal")


DOC = "A base class of Tensor: the functions of ops/ that are declared as methods, and the operators."
OpMethods = type("OpMethods", (InPlace,), {"__doc__": DOC, "__module__": __name__, **{m.name: m for m in _methods()}})
