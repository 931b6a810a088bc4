"""Turning the arguments of a transform into inputs of a separate graph, and detaching its results from that graph."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..autograd.functional import grad
from ..autograd.grad_mode import enable_grad
from ..autograd.node import from_array
from .trees import flatten, map_tensors


def check_argnums(name: str, argnums: int | tuple[int, ...], args: tuple[Any, ...]) -> tuple[int, ...]:
    """argnums as a tuple of nonnegative indices; raise RuntimeError if one is out of range."""
    numbers = argnums if isinstance(argnums, tuple) else (argnums,)
    if not numbers:
        raise RuntimeError(f"{name}(): argnums must be a non-empty tuple")
    for n in numbers:
        if not -len(args) <= n < len(args):
            raise RuntimeError(f"{name}(): argnum={n} is out of range: the number of positional inputs is {len(args)}")
    return tuple(n % len(args) for n in numbers)


def open_inputs(args: tuple[Any, ...], numbers: tuple[int, ...]) -> tuple[tuple[Any, ...], list[Any]]:
    """The arguments, those at `numbers` with new inputs in place of their floating-point Tensors; and a list of the inputs."""
    inputs: list[Any] = []

    def open_tensor(x: Any) -> Any:
        if x.dtype.kind != "f":
            return x
        own = x * 1 if x.requires_grad else from_array(x._data, requires_grad=True)  # * 1 makes a new node in the outer graph
        inputs.append(own)
        return own

    with enable_grad():
        opened = tuple(map_tensors(open_tensor, a) if i in numbers else a for i, a in enumerate(args))
    if not inputs:
        raise RuntimeError("nothing to differentiate with respect to: these arguments contain no floating-point Tensor")
    return opened, inputs


def split_aux(name: str, answer: Any, has_aux: bool) -> tuple[Any, Any]:
    """The return value of the function as (output, aux)."""
    if not has_aux:
        return answer, None
    if not (isinstance(answer, tuple) and len(answer) == 2):
        raise RuntimeError(
            f"{name}(): with has_aux=True the function must return a tuple (output, aux), got {type(answer).__name__}"
        )
    return answer


def close(tree: Any, outer: bool) -> Any:
    """Detach the results of the transform, unless its arguments are part of an outer graph."""
    return tree if outer else map_tensors(lambda x: x.detach(), tree)


def in_a_graph(args: Any) -> bool:
    """Whether an argument is part of a graph: that of an outer transform, or the caller's."""
    return any(x.requires_grad for x in flatten(args))


def vector_jacobian(output: Any, inputs: list[Any], seed: Any) -> list[Any]:
    """seedᵀ · ∂ output / ∂ inputs, recorded; zeros for inputs that the output does not depend on."""
    if not output.requires_grad:
        return [from_array(np.zeros_like(x._data)) for x in inputs]
    found = grad((output,), tuple(inputs), (seed,), create_graph=True, allow_unused=True)
    return [from_array(np.zeros_like(x._data)) if g is None else g for x, g in zip(inputs, found, strict=True)]


def pick(args: tuple[Any, ...], numbers: tuple[int, ...], argnums: int | tuple[int, ...], parts: list[Any]) -> Any:
    """One entry of `parts` for each differentiated Tensor, in the structure of the arguments."""
    rest = iter(parts)
    found = {n: replace_floats(args[n], rest) for n in sorted(set(numbers))}
    return tuple(found[n] for n in numbers) if isinstance(argnums, tuple) else found[numbers[0]]


def replace_floats(tree: Any, parts: Any) -> Any:
    """The structure of `tree` with its floating-point Tensors replaced, in order, by those of the iterator `parts`."""
    return map_tensors(lambda x: next(parts) if x.dtype.kind == "f" else x, tree)
