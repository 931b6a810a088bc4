"""Walking from a step, its arguments and the functions that ran to all Python values that it may have read."""

from __future__ import annotations

import functools
import gc
import types
from typing import Any

from ..._tensor import Tensor
from ..instructions import Untraceable
from .code_reads import attribute_names, reads_any_attribute
from .python_values import PythonValues
from .watched_code import Seen


def collect(function: Any, seen: Seen, objects: list[tuple[str, Any]], arguments: list[Tensor]) -> PythonValues:
    """The guards of a step whose run was observed by `seen`.

    objects: those in the step's arguments that are not tensors, containers or plain values, with their names
    arguments: the tensors in its arguments
    """
    if seen.effects:
        raise Untraceable(f"it {seen.effects[0]}, which a program would not repeat")
    attributes = {name for code in seen.codes for name in attribute_names(code)}
    for x in arguments:
        for key in [k for k in x.__dict__ if k in attributes and not k.startswith("_")]:
            raise Untraceable(f"an argument has an attribute {key}, which the step may read: pass it as a separate argument")
    everything = any(map(reads_any_attribute, seen.codes))
    known = -1
    while known != len(attributes):  # a walk may find code that uses more names
        known = len(attributes)
        values = PythonValues(seen, attributes, everything, {id(x._data) for x in arguments})
        _walk(values, function, seen, objects)
    values.finish()
    return values


def _walk(values: PythonValues, function: Any, seen: Seen, objects: list[tuple[str, Any]]) -> None:
    for f in _functions_of(function):
        values.add_function(f)
    owner = getattr(function, "__self__", None)
    if owner is not None:
        values.value("self", values._bind(owner), owner)
    if not isinstance(function, (types.FunctionType, types.MethodType)):  # a partial, a Module, an object with __call__
        values.value("the step", values._bind(function), function)
    for name, x in objects:
        values.value(name, values._bind(x), x)
    # the code of functions that the step defines anew in each call
    inner = {c for code in seen.codes for c in code.co_consts if isinstance(c, types.CodeType)}
    for code in inner & seen.codes.keys():
        values.add_globals(code, seen.codes[code].f_globals)
    lost = [code for code in seen.codes if code not in values.codes and code not in inner]
    for f in gc.get_referrers(*lost) if lost else []:  # slow: it looks at every object in the process
        if isinstance(f, types.FunctionType) and f.__code__ in lost:
            values.add_function(f)
    for code in lost:
        if code not in values.codes:
            values.add_globals(code, seen.codes[code].f_globals)


def _functions_of(function: Any) -> list[Any]:
    while isinstance(function, (functools.partial, types.MethodType)) or hasattr(function, "__wrapped__"):
        function = (
            function.func
            if isinstance(function, functools.partial)
            else getattr(function, "__func__", None) or function.__wrapped__
        )
    return [function] if isinstance(function, types.FunctionType) else []
