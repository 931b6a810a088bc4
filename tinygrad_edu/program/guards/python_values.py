"""Guards for the Python values that a step reads: globals, closures, defaults, containers, attributes.

While a step is recorded, every user function that runs is noted (watched_code.py). Its bytecode names the globals, the
captured variables and the attributes that it reads. Their values are compared before each call to the program; values that
cannot be compared (an iterator, a large array, a deque) are refused, with a reason that names them.
"""

from __future__ import annotations

import array
import collections
import enum
import functools
import inspect
import operator
import sys
import types
import weakref
from collections.abc import ItemsView, KeysView, Mapping, ValuesView
from contextvars import ContextVar
from typing import Any

import numpy as np

from ..._tensor import Tensor
from ..._wording import with_article
from ...nn.module import Module
from ...ops.generator import Generator
from ...optim.lr_scheduler.base import LRScheduler
from ...optim.optimizer import Optimizer
from ...optim.param_groups import ParamGroup
from ..instructions import Untraceable
from .code_reads import attribute_names, draws_from_numpy, global_names, imported_names
from .compiled_guards import Guards
from .watched_code import Seen, effect_of, is_users

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

STATEFUL = {"random", "_io", "io"}
"""Modules whose objects change when they are used, in addition to numpy.random's."""

_OF_OPTIMIZERS = {"defaults", "_layouts", "_memory", "_scratch", "_pre_hooks", "_post_hooks", "_warned", "_own_state"}
"""Attributes of an Optimizer that need no guard here: internal ones, and those guarded elsewhere."""

MOST = 2000
"""The maximum number of elements that are compared in each call for one container or array."""


class PythonValues(Guards):
    """The guards of all values that one recorded step reads."""

    def __init__(self, seen: Seen, attributes: set[str], everything: bool, arguments: set[int]) -> None:
        super().__init__()
        self.seen, self.codes = seen, set[types.CodeType]()  # the code that ran; the code of the functions that were found
        self.attributes, self.everything = attributes, everything  # names that occur in the code; whether it may read others
        self.arguments = arguments  # ids of the arrays passed to the step
        self.modules: dict[int, Module] = {}  # modules and tensors that were found; they are guarded in structure.py
        self.tensors: dict[int, Tensor] = {}
        self._walked: set[tuple[str, int]] = set()
        self._of_modules: set[tuple[int, str]] = set()
        self._functions: set[int] = set()

    def add_function(self, function: Any) -> None:
        """Guard a function's code, and the globals, captured variables and defaults that it reads."""
        code: types.CodeType = function.__code__
        if id(function) in self._functions:
            return
        self._functions.add(id(function))
        self.codes.add(code)
        self._guard(f"the code of {function.__name__}", f"{self._bind(function)}.__code__ is <value>", code)
        self.add_globals(code, function.__globals__)
        for name, cell in zip(code.co_freevars, function.__closure__ or (), strict=True):
            try:
                held = cell.cell_contents
            except ValueError:  # not assigned yet
                continue
            self.value(name, f"{self._bind(cell)}.cell_contents", held)
        for which in ("__defaults__", "__kwdefaults__"):
            if getattr(function, which):
                self.value(f"the defaults of {function.__name__}", f"{self._bind(function)}.{which}", getattr(function, which))

    def add_globals(self, code: types.CodeType, space: dict[str, Any]) -> None:
        """Guard the globals that a code object reads."""
        if draws_from_numpy(code, space):
            raise Untraceable(f"it draws from np.random in {code.co_name}: use tg.rand and related functions")
        bound, missing = self._bind(space), []
        for name in global_names(code):
            if name in space:
                self.value(name, f"{bound}[{name!r}]", space[name])
            else:  # a builtin, or not defined yet
                missing.append(name)
        for name in imported_names(code):
            if name in sys.modules:
                self.value(name, f"{self._bind(sys.modules)}[{name!r}]", sys.modules[name])
        if missing:
            self._absent(f"one of the globals {', '.join(sorted(missing))}", f"{bound}.keys()", missing)

    def value(self, name: str, look: str, value: Any) -> None:
        """Guard `value`, the value of the expression `look`, and what the code may read inside it."""
        if (name, id(value)) in self._walked:
            return
        self._walked.add((name, id(value)))
        if len(self._walked) > 10 * MOST:
            raise Untraceable(f"it reads more than {10 * MOST:,} Python values, {name} among them")
        kind = type(value).__module__
        if _origin(value).startswith("numpy.random"):
            raise Untraceable(f"{name} draws from numpy.random: use tg.rand and related functions")
        if isinstance(value, functools._lru_cache_wrapper):
            self._guard(f"the cache of {name}", f"{look}.cache_info().misses == <value>", value.cache_info().misses)
            self._inside(value.__wrapped__)
        elif value is None or isinstance(value, (bool, enum.Enum, *FIXED)):
            self._same(name, look, value)
            self._inside_fixed(name, value)
        elif isinstance(value, PLAIN) and not isinstance(value, np.void):
            self._guard(name, f"({look} is <value> or same_plain({look}, <value>))", value)
        elif isinstance(value, Tensor):
            self._tensor(name, look, value)
        elif isinstance(value, np.ndarray):
            if value.dtype.hasobject:
                raise Untraceable(f"{name} is a NumPy array of Python objects, which cannot be compared")
            if value.size > MOST:
                raise Untraceable(f"{name} is a NumPy array of {value.size:,} elements: make it a Tensor, which can be tracked")
            self._guard(name, f"same_array({look}, <value>)", value.copy())
        elif isinstance(value, ParamGroup):
            for k in [k for k in value if k in self.attributes and k != "params"]:
                self.value(f"{name}[{k!r}]", f"{look}[{k!r}]", value[k])
        elif isinstance(value, Mapping):
            self._short(name, value)
            self._guard(f"the keys of {name}", f"list({look}) == <value>", list(value))
            for k in value:
                self.value(f"{name}[{k!r}]", f"{look}[{self._bind(k)}]", value[k])
        elif isinstance(value, (list, tuple)):
            self._sequence(name, look, value)
        elif isinstance(value, (set, frozenset)):
            self._short(name, value)
            self._guard(name, f"{look} == <value>", set(value))
        elif isinstance(value, weakref.ref):
            self._same(name, look, value)
            self.value(f"{name}()", f"{look}()", value())
        elif isinstance(value, ContextVar):
            self.value(f"{name}.get()", f"{look}.get(None)", value.get(None))
        elif isinstance(value, (operator.attrgetter, operator.methodcaller)):
            self._same(name, look, value)
            self.attributes.update(part for path in value.__reduce__()[1] for part in str(path).split("."))
        elif isinstance(value, (Module, Optimizer, Generator)):
            self._object(name, look, value)
        elif kind.startswith("tinygrad_edu.data."):
            raise Untraceable(
                f"{name}, {with_article(type(value).__name__)}, may return different data in a later call: pass the batch "
                "instead"
            )
        elif isinstance(value, MUTABLE) or hasattr(type(value), "__next__") or kind in STATEFUL or _shows(value):
            raise Untraceable(f"{name}, {with_article(type(value).__name__)}, may be different in each call")
        elif kind == "tinygrad_edu.program.compiling":
            self.value(f"{name}._function", f"{look}._function", value._function)
        elif hasattr(value, "__dict__") or hasattr(type(value), "__slots__"):
            self._object(name, look, value)
        else:
            self._same(name, look, value)  # an object of a type written in C, such as a compiled regular expression

    @staticmethod
    def _short(name: str, value: Any) -> None:
        if len(value) > MOST:
            raise Untraceable(f"{name} has {len(value):,} elements: too many to compare in each call")

    def _sequence(self, name: str, look: str, value: Any) -> None:
        self._short(name, value)
        if all(type(v) in (int, float, str, bool) for v in value):
            copy = list(value) if type(value) is list else tuple(value)
            self._guard(name, f"same_list({look}, <value>)", copy)
            return
        self._guard(name, f"type({look}) is <value>", type(value))
        self._guard(f"the length of {name}", f"len({look}) == <value>", len(value))
        for i, v in enumerate(value):
            self.value(f"{name}[{i}]", f"{look}[{i}]", v)

    def _tensor(self, name: str, look: str, value: Tensor) -> None:
        """Guard a tensor's identity, shape and dtype. Its values are read in each call; its flags are guarded elsewhere."""
        if id(value._data) in self.arguments:
            raise Untraceable(f"{name} is also an argument of the step: pass a clone(), or do not pass it")
        self._same(name, look, value)
        self.tensors[id(value)] = value
        self._guard(f"the shape of {name}", f"{look}._data.shape == <value>", value._data.shape)
        self._guard(f"the dtype of {name}", f"{look}._data.dtype == <value>", value._data.dtype)
        for key in [k for k in value.__dict__ if k in self.attributes and not k.startswith("_")]:
            self.value(f"{name}.{key}", f"{look}.{key}", value.__dict__[key])

    def _object(self, name: str, look: str, value: Any) -> None:
        """Guard an object: its identity, the attributes that the code may read, and those of its class."""
        self._same(name, look, value)
        for cls in type(value).__mro__:
            if is_users(cls.__module__) and cls.__module__ != "builtins":  # a built-in class cannot change
                self._members(cls, {*self.attributes, "forward", "__call__"})
        ours = type(value).__module__.startswith("tinygrad_edu.")  # its code is not read: each attribute counts
        module, optimizer = isinstance(value, Module), isinstance(value, Optimizer)
        wanted = (lambda k: True) if self.everything or (ours and not module) else self.attributes.__contains__
        if isinstance(value, Module):
            self.modules[id(value)] = value
            for x in value.__dict__.values():
                if isinstance(x, Tensor) and id(x._data) in self.arguments:
                    raise Untraceable(f"an argument of the step is also a parameter or buffer of {name}: pass a clone()")
        if optimizer or isinstance(value, Generator):
            wanted = (self.attributes - _OF_OPTIMIZERS if optimizer else set()).__contains__
        if isinstance(value, LRScheduler):  # its step() is refused when it runs
            wanted = (self.attributes | ({"_last_lr"} if "get_last_lr" in self.attributes else set())).__contains__
        own = getattr(value, "__dict__", {})
        slots = [
            s for c in type(value).__mro__ for s in getattr(c, "__slots__", ()) if isinstance(s, str) and hasattr(value, s)
        ]
        for key in [k for k in (*own, *slots) if wanted(k)]:
            held = own[key] if key in own else getattr(value, key)
            if module and (held is None or isinstance(held, (Tensor, *PLAIN))):
                continue  # guarded in structure.py
            self.value(f"{name}.{key}", f"{look}.__dict__[{key!r}]" if key in own else f"{look}.{key}", held)
        if hasattr(value, "__dict__") and not (module or ours):
            self._absent(f"an attribute of {name}", f"{look}.__dict__.keys()", self.attributes - own.keys())

    def _members(self, cls: type, names: set[str]) -> None:
        bound = self._bind(cls)
        for key, held in list(vars(cls).items()):
            if key in names:
                self.value(f"{cls.__name__}.{key}", f"vars({bound})[{key!r}]", held)
        self._absent(f"an attribute of {cls.__name__}", f"vars({bound}).keys()", names - vars(cls).keys())

    def _inside(self, function: Any) -> None:
        """Guard what a cached function reads: it may not have run while the step was recorded."""
        if isinstance(function, types.FunctionType) and is_users(function.__module__ or "?"):
            self.attributes |= attribute_names(function.__code__)
            self.add_function(function)

    def _inside_fixed(self, name: str, value: Any) -> None:
        """Guard what the code may read through a module, a class or a callable, such as settings.rate."""
        if isinstance(value, types.ModuleType) and is_users(value.__name__):
            bound = self._bind(value)
            for key in [k for k in vars(value) if k in self.attributes]:
                if (id(value), key) not in self._of_modules:  # modules refer to each other
                    self._of_modules.add((id(value), key))
                    self.value(f"{name}.{key}", f"vars({bound})[{key!r}]", vars(value)[key])
        elif isinstance(value, type):
            for cls in inspect.getmro(value) + inspect.getmro(type(value)):
                if is_users(cls.__module__):
                    self._members(cls, self.attributes)
        elif isinstance(value, types.FunctionType):
            if value.__code__ in self.seen.codes:
                self.add_function(value)
            if hasattr(value, "__wrapped__"):
                self.value(name, f"{self._bind(value)}.__wrapped__", value.__wrapped__)
            for key in [k for k in value.__dict__ if k in self.attributes]:
                self.value(f"{name}.{key}", f"{self._bind(value)}.__dict__[{key!r}]", value.__dict__[key])
        elif isinstance(value, types.BuiltinMethodType) and not isinstance(value.__self__, (types.ModuleType, type(None))):
            self.value(f"{name}.__self__", f"{self._bind(value)}.__self__", value.__self__)
        elif isinstance(value, functools.partial):
            bound = self._bind(value)
            if isinstance(value.func, types.BuiltinFunctionType) and (effect := effect_of(value.func)):
                raise Untraceable(f"{name} calls {effect}, which a program would not repeat")
            self.value(f"{name}.func", f"{bound}.func", value.func)
            self.value(f"{name}.args", f"{bound}.args", value.args)
            self.value(f"{name}.keywords", f"{bound}.keywords", value.keywords)
        elif isinstance(value, types.MethodType):
            self.value(f"{name}.__self__", f"{self._bind(value)}.__self__", value.__self__)
            self.value(name, f"{self._bind(value)}.__func__", value.__func__)
        elif isinstance(value, (staticmethod, classmethod)):
            self.value(name, f"{self._bind(value)}.__func__", value.__func__)
        elif isinstance(value, property):
            self.value(name, f"{self._bind(value)}.fget", value.fget)


def _shows(value: Any) -> bool:
    """Whether the value is a view of another object, such as dict.values() or a row of a structured array."""
    return isinstance(value, (np.void, KeysView, ValuesView, ItemsView))


def _origin(value: Any) -> str:
    """The name of a module, or of the module that defines a Cython function or an object's class."""
    if isinstance(value, types.ModuleType):
        return value.__name__
    return str(value.__module__ if type(value).__name__ == "cython_function_or_method" else type(value).__module__)
