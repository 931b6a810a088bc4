"""Guards for the Python values that a step reads: globals, closures, defaults, containers, attributes.

While a step is recorded, every user function that runs is noted (watched_code.py). Its bytecode names the globals, the
captured variables and the attributes that it reads. Their values are compared before each call of the program; values that
cannot be compared (an iterator, a large array, an object without inspectable attributes) are rejected by name.
"""

from __future__ import annotations

import array
import collections
import dis
import enum
import functools
import gc
import types
from typing import Any

import numpy as np

from ..._tensor import Tensor
from ...nn.module import Module
from ...ops.generator import Generator
from ...optim.optimizer import Optimizer
from ..instructions import Untraceable
from .watched_code import Seen, is_users

PLAIN: tuple[type, ...] = (
    bool, int, float, complex, str, bytes, type(None), range, slice, type(...), np.dtype, np.generic,
)  # fmt: skip
FIXED: tuple[type, ...] = (
    type, types.FunctionType, types.BuiltinFunctionType, types.ModuleType, types.MethodType, types.MethodDescriptorType,
    types.WrapperDescriptorType, types.GetSetDescriptorType, types.MemberDescriptorType, staticmethod, classmethod, property,
    np.ufunc, enum.Enum, functools.partial,
)  # fmt: skip
MUTABLE: tuple[type, ...] = (bytearray, memoryview, array.array, collections.deque)
"""Types written in C whose objects may change internally."""

STATEFUL = {"random", "numpy.random", "numpy.random.mtrand", "_io", "io"}
"""Modules whose objects change when they are used."""

MOST = 2000
"""The maximum number of elements that are compared in each call for one container or array."""


class PythonValues:
    """All guards of one recorded step, compiled to one function.

    A guard is (name for messages, condition as Python); `space` binds the objects used in the conditions.
    """

    def __init__(self, attributes: set[str]) -> None:
        self.attributes = attributes  # names that occur in the code
        self.guards: list[tuple[str, str]] = []
        self.space: dict[str, Any] = {"same_plain": same_plain, "same_list": same_list, "same_array": same_array, "vars": vars}
        self._walked: set[tuple[str, int]] = set()

    def finish(self) -> None:
        """Create `holds`, once everything has been collected."""
        condition = " and ".join(condition for _, condition in self.guards) or "True"
        # Compiled, because it runs before each step; it contains only names and quoted keys generated in this module.
        exec(f"def holds():\n    return {condition}", self.space)

    def holds(self) -> bool:
        """Whether all values are unchanged."""
        try:
            answer: bool = self.space["holds"]()
        except (KeyError, AttributeError, ValueError, IndexError, TypeError):
            return False  # something no longer exists
        return answer

    def difference(self) -> str | None:
        """The name of a value that has changed."""
        for name, condition in self.guards:
            try:
                if not eval(condition, self.space):  # one of the conditions in holds()
                    return name
            except (KeyError, AttributeError, ValueError, IndexError, TypeError):
                return name
        return None

    def _bind(self, x: Any) -> str:
        name = f"v{len(self.space)}"
        self.space[name] = x
        return name

    def _guard(self, name: str, condition: str, value: Any) -> None:
        self.guards.append((name, condition.replace("VALUE", self._bind(value))))

    # --- collecting ---

    def add_function(self, function: Any) -> None:
        """Guard what a function reads directly."""
        code: types.CodeType = function.__code__
        self.add_globals(code, function.__globals__)
        for name, cell in zip(code.co_freevars, function.__closure__ or (), strict=True):
            try:
                self.value(name, f"{self._bind(cell)}.cell_contents", cell.cell_contents)
            except ValueError:  # not assigned yet
                continue
        for which in ("__defaults__", "__kwdefaults__"):
            if getattr(function, which):
                self.value(f"the defaults of {function.__name__}", f"{self._bind(function)}.{which}", getattr(function, which))

    def add_globals(self, code: types.CodeType, space: dict[str, Any]) -> None:
        """Guard the globals that a code object reads."""
        bound = self._bind(space)
        for name in _globals_read(code):
            if name in space:
                self.value(name, f"{bound}[{name!r}]", space[name])

    def value(self, name: str, look: str, value: Any) -> None:
        """Guard the value of `look`, an expression, and what the code may read inside it."""
        if (name, id(value)) in self._walked:
            return
        self._walked.add((name, id(value)))
        if len(self._walked) > 10 * MOST:
            raise Untraceable(f"it reads more than {10 * MOST:,} Python values, {name} among them")
        kind = type(value).__module__
        if value is None or isinstance(value, (bool, enum.Enum, *FIXED)):
            self._same(name, look, value)
            self._inside_fixed(name, value)
        elif isinstance(value, PLAIN):
            self._guard(name, f"({look} is VALUE or same_plain({look}, VALUE))", value)
        elif isinstance(value, Tensor):
            self._same(name, look, value)
        elif isinstance(value, np.ndarray):
            if value.size > MOST or value.dtype.hasobject:
                raise Untraceable(f"{name} is a NumPy array of {value.size:,} elements: make it a Tensor, which can be tracked")
            self._guard(name, f"same_array({look}, VALUE)", value.copy())
        elif isinstance(value, dict) and type(value).__name__ != "ParamGroup":
            self._short(name, value)
            self._guard(f"the keys of {name}", f"list({look}) == VALUE", list(value))
            for k, v in value.items():
                self.value(f"{name}[{k!r}]", f"{look}[{self._bind(k)}]", v)
        elif isinstance(value, (list, tuple)):
            self._sequence(name, look, value)
        elif isinstance(value, (set, frozenset)):
            self._short(name, value)
            self._guard(name, f"{look} == VALUE", set(value))
        elif isinstance(value, (Module, Optimizer, Generator)):
            self._object(name, look, value)
        elif kind.startswith("tinygrad_edu.data."):
            raise Untraceable(f"{name}, a {type(value).__name__}, gives new data in each call: pass the batch as an argument")
        elif kind.startswith("tinygrad_edu."):
            self._same(name, look, value)
        elif isinstance(value, MUTABLE) or hasattr(value, "__next__") or kind in STATEFUL:
            raise Untraceable(f"{name}, a {type(value).__name__}, may be different in each call")
        elif hasattr(value, "__dict__") or hasattr(type(value), "__slots__"):
            self._object(name, look, value)
        else:
            self._same(name, look, value)  # an object of a type written in C, such as a compiled regular expression

    def _same(self, name: str, look: str, value: Any) -> None:
        self._guard(name, f"{look} is VALUE", value)

    @staticmethod
    def _short(name: str, value: Any) -> None:
        if len(value) > MOST:
            raise Untraceable(f"{name} has {len(value):,} elements: too many to compare in each call")

    def _sequence(self, name: str, look: str, value: Any) -> None:
        self._short(name, value)
        if all(type(v) in (int, float, str, bool) for v in value):
            self._guard(name, f"same_list({look}, VALUE)", type(value)(value) if type(value) in (list, tuple) else tuple(value))
            return
        self._guard(name, f"type({look}) is VALUE", type(value))
        self._guard(f"the length of {name}", f"len({look}) == VALUE", len(value))
        for i, v in enumerate(value):
            self.value(f"{name}[{i}]", f"{look}[{i}]", v)

    def _object(self, name: str, look: str, value: Any) -> None:
        """Guard an object: its identity, the attributes that the code may read, and those of its class."""
        self._same(name, look, value)
        for cls in type(value).__mro__:
            if is_users(cls.__module__):
                self._members(cls, {*self.attributes, "forward", "__call__"})
        if isinstance(value, Optimizer) and "param_groups" not in self.attributes:
            return
        own = getattr(value, "__dict__", {})
        slots = [
            s for c in type(value).__mro__ for s in getattr(c, "__slots__", ()) if isinstance(s, str) and hasattr(value, s)
        ]
        for key in [k for k in (*own, *slots) if k in self.attributes]:
            held = own[key] if key in own else getattr(value, key)
            if isinstance(value, Module) and (held is None or isinstance(held, (Tensor, *PLAIN))):
                continue  # tracked by the structure clock
            self.value(f"{name}.{key}", f"{look}.{key}", held)

    def _members(self, cls: type, names: set[str]) -> None:
        bound = self._bind(cls)
        for key, held in list(vars(cls).items()):
            if key in names:
                self.value(f"{cls.__name__}.{key}", f"vars({bound})[{key!r}]", held)

    def _inside_fixed(self, name: str, value: Any) -> None:
        """Values that the code reads through one of the user's modules or classes: settings.rate."""
        if isinstance(value, types.ModuleType) and is_users(value.__name__):
            bound = self._bind(value)
            for key in [k for k in vars(value) if k in self.attributes]:
                if not isinstance(vars(value)[key], types.ModuleType):
                    self.value(f"{name}.{key}", f"vars({bound})[{key!r}]", vars(value)[key])
        elif isinstance(value, type):
            for cls in value.__mro__:
                if is_users(cls.__module__):
                    self._members(cls, self.attributes)
        elif isinstance(value, functools.partial):
            bound = self._bind(value)
            self.value(f"{name}.args", f"{bound}.args", value.args)
            self.value(f"{name}.keywords", f"{bound}.keywords", value.keywords)
        elif isinstance(value, types.MethodType):
            self.value(f"{name}.__self__", f"{self._bind(value)}.__self__", value.__self__)


def same_plain(a: Any, b: Any) -> bool:
    """Equal values of the same type, where nan equals nan.

    >>> same_plain(1, 1.0), same_plain(float("nan"), float("nan"))
    (False, True)
    """
    return type(a) is type(b) and bool(a == b or (a != a and b != b))


def same_list(a: Any, b: Any) -> bool:
    """Lists or tuples of plain values that are equal, element by element and type by type."""
    return type(a) is type(b) and len(a) == len(b) and all(map(same_plain, a, b))


def same_array(a: Any, b: Any) -> bool:
    """Arrays with the same shape, dtype and bits."""
    return isinstance(a, np.ndarray) and a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()


def collect(function: Any, seen: Seen, objects: list[tuple[str, Any]]) -> PythonValues:
    """The guards of a step whose run was observed by `seen`; `objects` are those among its arguments, with their names."""
    if seen.effects:
        raise Untraceable(f"it calls {seen.effects[0]}, which a program would not repeat")
    values = PythonValues({name for code in seen.codes for name in _names(code)})
    roots = _functions_of(function)
    found: dict[int, Any] = {id(f): f for f in roots}
    for code in seen.codes:
        for f in gc.get_referrers(code):
            if isinstance(f, types.FunctionType) and f.__code__ is code:
                found[id(f)] = f
    for f in found.values():
        if f.__code__ in seen.codes or f in roots:
            values.add_function(f)
    with_function = {f.__code__ for f in found.values()}
    for code, frame in seen.codes.items():
        if code not in with_function:
            values.add_globals(code, frame.f_globals)
    owner = getattr(function, "__self__", None)
    if owner is not None:
        values.value("self", values._bind(owner), owner)
    for name, x in objects:
        values.value(name, values._bind(x), x)
    values.finish()
    return values


def _functions_of(function: Any) -> list[Any]:
    while isinstance(function, (functools.partial, types.MethodType)) or hasattr(function, "__wrapped__"):
        function = (
            function.func
            if isinstance(function, functools.partial)
            else getattr(function, "__func__", None) or function.__wrapped__
        )
    return [function] if isinstance(function, types.FunctionType) else []


@functools.cache
def _names(code: types.CodeType) -> frozenset[str]:
    """The attribute names in a code object, including those in strings (getattr)."""
    strings = {c for c in code.co_consts if isinstance(c, str) and c.isidentifier()}
    return frozenset(code.co_names) | strings


@functools.cache
def _globals_read(code: types.CodeType) -> frozenset[str]:
    return frozenset(i.argval for i in dis.get_instructions(code) if i.opname in ("LOAD_GLOBAL", "LOAD_NAME"))
