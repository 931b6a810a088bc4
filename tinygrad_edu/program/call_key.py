"""Identifying a call to a compiled step: the key of its arguments, and the names of its tensors."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from .._tensor import Tensor
from ..nn.module import Module
from .guards.structure import PLAIN


def parameter_names(function: Callable[..., Any]) -> list[str]:
    """The names of the positional parameters; empty if the signature cannot be read."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return []
    return [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]


def frozen(x: Any, tensors: list[Any]) -> Any:
    """The part of the key for one argument; its tensors are added to `tensors`."""
    if isinstance(x, Tensor):
        tensors.append(x)
        d = x._data
        return d.shape, d.dtype, d.strides, x._requires_grad
    if isinstance(x, (tuple, list)):
        return type(x), tuple(frozen(v, tensors) for v in x)
    if isinstance(x, dict):
        return dict, tuple((k, frozen(v, tensors)) for k, v in x.items())
    if x is None or isinstance(x, (bool, int, float, str)):
        return type(x), x if x or not isinstance(x, float) else repr(x)  # repr, because -0.0 == 0.0
    if isinstance(x, (complex, bytes, range, slice, np.generic)):
        return type(x), repr(x)  # not the id: another value may get it later
    if isinstance(x, np.ndarray):
        raise TypeError(f"compile: pass Tensors, not NumPy arrays (got an array of shape {x.shape}); use from_numpy()")
    return type(x), id(x)


class Containers:
    """The lists, dicts and tuples among the arguments, to find out whether a step changes them."""

    def __init__(self, args: Any, kwargs: Any) -> None:
        self.given = [x for x in (*args, *kwargs.values()) if isinstance(x, (list, tuple, dict))]
        self.before = self._contents()

    def _contents(self) -> Any:
        tensors: list[Any] = []
        key = [frozen(x, tensors) for x in self.given]
        return key, list(map(id, tensors))

    def difference(self) -> str | None:
        """What has changed, or None."""
        return None if self._contents() == self.before else "a list or dict among its arguments"


def named_objects(names: list[str], args: Any, kwargs: Any) -> list[tuple[str, Any]]:
    """(name, object) for each object in the arguments that is not a tensor, container or plain value, such as self."""
    found = [(names[n] if n < len(names) else f"argument {n}", x) for n, x in enumerate(args)]
    return list(_objects([*found, *kwargs.items()]))


def _objects(named: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    for name, x in named:
        if isinstance(x, (tuple, list)):
            yield from _objects((f"{name}[{n}]", v) for n, v in enumerate(x))
        elif isinstance(x, dict):
            yield from _objects((f"{name}[{k!r}]", v) for k, v in x.items())
        elif not isinstance(x, (Tensor, *PLAIN)):
            yield name, x


def tensor_names(names: list[str], args: Any, kwargs: Any, tensors: list[Any]) -> list[str]:
    """A name for each tensor in the arguments."""
    found: dict[int, str] = {}
    for n, x in enumerate(args):
        _name(found, names[n] if n < len(names) else f"x{n}", x)
    for name, x in kwargs.items():
        _name(found, name, x)
    used: dict[str, int] = {}
    answer = []
    for x in tensors:
        name = found[id(x)]
        used[name] = used.get(name, 0) + 1
        answer.append(name if used[name] == 1 else f"{name}_{used[name]}")
    return answer


def _name(names: dict[int, str], name: str, x: Any) -> None:
    if isinstance(x, Tensor):
        names.setdefault(id(x), name)
    elif isinstance(x, (tuple, list)):
        for n, v in enumerate(x):
            _name(names, f"{name}_{n}", v)
    elif isinstance(x, dict):
        for k, v in x.items():
            _name(names, f"{name}_{k}", v)


def roots(function: Any) -> dict[str, Any]:
    """The modules and tensors among a function's globals, captured variables, defaults and its object's attributes, by name."""
    while hasattr(function, "__wrapped__") or isinstance(function, functools.partial):
        function = function.func if isinstance(function, functools.partial) else function.__wrapped__
    owner = getattr(function, "__self__", None)
    function = getattr(function, "__func__", function)
    code = getattr(function, "__code__", None)
    found: dict[str, Any] = {}
    if code is None:
        return {"model": function} if isinstance(function, Module) else {}
    given = code.co_varnames[: code.co_argcount]
    found |= dict(zip(given[::-1], (function.__defaults__ or ())[::-1], strict=False))
    for name in code.co_names:
        found[name] = function.__globals__.get(name)
    for name, cell in zip(code.co_freevars, function.__closure__ or (), strict=True):
        found[name] = getattr(cell, "cell_contents", None)
    if owner is not None:
        found["self"] = owner
        for name, value in getattr(owner, "__dict__", {}).items():
            found.setdefault(name, value)
    return {k: v for k, v in found.items() if isinstance(v, (Module, Tensor))}
