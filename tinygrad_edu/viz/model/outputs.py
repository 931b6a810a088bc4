"""Finding the Tensors to draw in whatever a model returns: a Tensor, a list, a dict, a dataclass, nested in any way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from ..._tensor import Tensor
from ...nn.module import Module


def named_outputs(x: Any) -> list[tuple[str, Tensor]]:
    """Each Tensor in `x` once, with its location there, "" for `x` itself. If there is none, a TypeError says why.

    >>> import tinygrad_edu as tg
    >>> a, b = tg.tensor(1.0), tg.tensor(2.0)
    >>> [name for name, _ in named_outputs({"loss": a, "heads": [b, (a, None)]})]
    ['loss', 'heads[0]']
    """
    first: dict[int, tuple[str, Tensor]] = {}
    for name, tensor in _walk(x, ""):
        first.setdefault(id(tensor), (name, tensor))
    if not first:
        raise TypeError(f"graph: {_instead(x)}")
    return list(first.values())


def _walk(x: Any, name: str) -> Iterator[tuple[str, Tensor]]:
    if isinstance(x, Tensor):
        yield name, x
    elif isinstance(x, Mapping):
        for key, value in x.items():
            yield from _walk(value, f"{name}.{key}".lstrip(".") if isinstance(key, str) else f"{name or 'output'}[{key!r}]")
    elif isinstance(x, tuple) and hasattr(x, "_fields"):  # a named tuple
        for key, value in zip(x._fields, x, strict=True):
            yield from _walk(value, f"{name}.{key}".lstrip("."))
    elif isinstance(x, list | tuple):
        for k, value in enumerate(x):
            yield from _walk(value, f"{name or 'output'}[{k}]")
    elif is_dataclass(x) and not isinstance(x, type | Module):
        for field in fields(x):
            yield from _walk(getattr(x, field.name), f"{name}.{field.name}".lstrip("."))


def _instead(x: Any) -> str:
    """Why `x` cannot be drawn, and, if it is a model or was not called, what to pass instead."""
    kind = type(x)
    if isinstance(x, Module):
        return f"got a model ({kind.__name__}), which has no graph until it is called: viz.graph(model(x), model)"
    if isinstance(x, type):
        return f"expected a Tensor, got the class {x.__name__}"
    if callable(x):
        name = getattr(x, "__name__", kind.__name__)
        of = getattr(x, "__self__", None)
        if of is None or isinstance(of, type):
            return f"got the function `{name}`, which was not called: pass what it returns, as in viz.graph({name}(x))"
        instead = "model(x), model" if isinstance(of, Module) else "x" if name == "backward" else f"x.{name}()"
        return f"got the method `{name}` of {type(of).__name__}, which was not called: viz.graph({instead})"
    if isinstance(x, Mapping | list | tuple):
        return f"there is no Tensor in this {kind.__name__}"
    if kind.__module__.partition(".")[0] in ("numpy", "builtins"):
        return f"expected a Tensor, got {kind.__name__}: only Tensors remember how they were computed"
    return f"expected a tinygrad_edu Tensor, got a {kind.__module__}.{kind.__qualname__}"
