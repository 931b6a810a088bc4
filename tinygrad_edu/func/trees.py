"""Nested dicts, lists and tuples of Tensors, such as the parameters of a model, as function arguments."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ..autograd.node import is_tensor


def flatten(tree: Any) -> list[Any]:
    """The Tensors of nested dicts, lists and tuples, in order."""
    if isinstance(tree, dict):
        return [x for value in tree.values() for x in flatten(value)]
    if isinstance(tree, (list, tuple)):
        return [x for value in tree for x in flatten(value)]
    return [tree] if is_tensor(tree) else []


def rebuild(tree: Any, tensors: Iterable[Any]) -> Any:
    """The structure of `tree` with its Tensors replaced, in order, by `tensors`."""
    rest = iter(tensors)

    def again(part: Any) -> Any:
        if isinstance(part, dict):
            return {key: again(value) for key, value in part.items()}
        if isinstance(part, (list, tuple)):
            items = [again(value) for value in part]
            return type(part)(*items) if hasattr(part, "_fields") else type(part)(items)
        return next(rest) if is_tensor(part) else part

    return again(tree)


def map_tensors(function: Callable[..., Any], tree: Any) -> Any:
    """The structure of `tree` with each Tensor x replaced by function(x)."""
    return rebuild(tree, [function(x) for x in flatten(tree)])
