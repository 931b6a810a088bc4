"""Functions of functions, at PyTorch's address: grad, jacrev, hessian, vjp, jvp; and models as functions of their weights.

The arguments of a function are Tensors, or dicts, lists and tuples of them, such as the parameters of a model; derivatives have
the same structure. They can be taken again of each other: `grad(grad(f))`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ._shortcuts import load as load_shortcut
from .autograd.functional import grad as _gradients
from .autograd.functional import jvp as _directional
from .autograd.grad_mode import enable_grad
from .autograd.node import from_array, is_tensor
from .nn.utils import functional_call
from .ops.joining import stack

__all__ = ["functional_call", "grad", "grad_and_value", "hessian", "jacfwd", "jacrev", "jvp", "stack_module_state", "vjp"]

Function = Callable[..., Any]
Argnums = int | tuple[int, ...]


# --- nested structures of Tensors ---


def _flat(tree: Any) -> list[Any]:
    """The Tensors of nested dicts, lists and tuples, in order."""
    if isinstance(tree, dict):
        return [x for value in tree.values() for x in _flat(value)]
    if isinstance(tree, (list, tuple)):
        return [x for value in tree for x in _flat(value)]
    return [tree] if is_tensor(tree) else []


def _rebuilt(tree: Any, tensors: Any) -> Any:
    """The same structure with other Tensors, taken from an iterator."""
    if isinstance(tree, dict):
        return {key: _rebuilt(value, tensors) for key, value in tree.items()}
    if isinstance(tree, (list, tuple)):
        items = [_rebuilt(value, tensors) for value in tree]
        return type(tree)(*items) if hasattr(tree, "_fields") else type(tree)(items)
    return next(tensors) if is_tensor(tree) else tree


def _like(tree: Any, tensors: Any) -> Any:
    return _rebuilt(tree, iter(tensors))


def _map(function: Function, tree: Any) -> Any:
    return _like(tree, [function(x) for x in _flat(tree)])


# --- differentiable copies of the arguments ---


def _check(name: str, argnums: Argnums, args: tuple[Any, ...]) -> tuple[int, ...]:
    numbers = argnums if isinstance(argnums, tuple) else (argnums,)
    if not numbers:
        raise RuntimeError(f"{name}(): argnums must be a non-empty tuple")
    for n in numbers:
        if not -len(args) <= n < len(args):
            raise RuntimeError(f"{name}(): got argnum={n}, but there are only {len(args)} positional inputs")
    return tuple(n % len(args) for n in numbers)


def _opened(args: tuple[Any, ...], numbers: tuple[int, ...]) -> tuple[tuple[Any, ...], list[Any]]:
    """The arguments with the Tensors to differentiate by as inputs of their own, and these."""
    inputs: list[Any] = []

    def open_tensor(x: Any) -> Any:
        if x.dtype.kind != "f":
            return x
        own = x * 1 if x.requires_grad else from_array(x._data, requires_grad=True)  # * 1: an own place in an outer graph
        inputs.append(own)
        return own

    with enable_grad():
        opened = tuple(_map(open_tensor, a) if i in numbers else a for i, a in enumerate(args))
    if not inputs:
        raise RuntimeError("there is no floating-point Tensor to differentiate by among these arguments")
    return opened, inputs


def _split(name: str, answer: Any, has_aux: bool) -> tuple[Any, Any]:
    if not has_aux:
        return answer, None
    if not (isinstance(answer, tuple) and len(answer) == 2):
        raise RuntimeError(
            f"{name}(): with has_aux=True the function must return a tuple (output, aux), got {type(answer).__name__}"
        )
    return answer


def _closed(tree: Any, outer: bool) -> Any:
    """What leaves the transform: cut off, unless an outer one differentiates it."""
    return tree if outer else _map(lambda x: x.detach(), tree)


def _outer(args: Any) -> bool:
    """Whether an argument is part of a graph: of an outer transform, or of the caller's."""
    return any(x.requires_grad for x in _flat(args))


def _pulled(output: Any, inputs: list[Any], seed: Any) -> list[Any]:
    """seedᵀ · ∂ output / ∂ inputs, recorded; zeros where nothing depends."""
    if not output.requires_grad:
        return [from_array(np.zeros_like(x._data)) for x in inputs]
    found = _gradients((output,), tuple(inputs), (seed,), create_graph=True, allow_unused=True)
    return [from_array(np.zeros_like(x._data)) if g is None else g for x, g in zip(inputs, found, strict=True)]


def _picked(args: tuple[Any, ...], numbers: tuple[int, ...], argnums: Argnums, parts: list[Any]) -> Any:
    """One entry of `parts` for each Tensor that was differentiated by, in the structure of the arguments."""
    rest = iter(parts)
    found = {n: _like_floats(args[n], rest) for n in sorted(set(numbers))}
    return tuple(found[n] for n in numbers) if isinstance(argnums, tuple) else found[numbers[0]]


def _like_floats(tree: Any, parts: Any) -> Any:
    return _map(lambda x: next(parts) if x.dtype.kind == "f" else x, tree)


# --- transforms ---


def grad_and_value(func: Function, argnums: Argnums = 0, has_aux: bool = False) -> Function:
    """The function that returns (gradient, value) of func, whose value is one number; with has_aux (gradient, (value, aux)).

    >>> import tinygrad_edu as tg
    >>> grad_and_value(lambda x: (x * x).sum())(tg.tensor([1.0, 2.0]))
    (tensor([2., 4.]), tensor(5.))
    """

    @functools.wraps(func)
    def call(*args: Any, **kwargs: Any) -> Any:
        numbers, outer = _check("grad", argnums, args), _outer((args, kwargs))
        opened, inputs = _opened(args, numbers)
        with enable_grad():
            value, aux = _split("grad", func(*opened, **kwargs), has_aux)
            if not is_tensor(value) or value.numel() != 1 or value.ndim:
                shape = tuple(value.shape) if is_tensor(value) else type(value).__name__
                raise RuntimeError(
                    f"grad(): the function must return a Tensor with one element and no axes, got {shape}; jacrev takes others"
                )
            parts = _pulled(value, inputs, from_array(np.ones_like(value._data)))
        gradient = _closed(_picked(args, numbers, argnums, parts), outer)
        value = _closed(value, outer)
        return gradient, (value, _closed(aux, outer)) if has_aux else value

    return call


def grad(func: Function, argnums: Argnums = 0, has_aux: bool = False) -> Function:
    """The function that returns the gradient of func, whose value is one number, by its argument `argnums`.

    argnums  a tuple: a tuple of gradients
    has_aux  func returns (value, aux), and the new function (gradient, aux)

    >>> import tinygrad_edu as tg
    >>> grad(grad(lambda x: x**3))(tg.tensor(2.0))
    tensor(12.)
    """
    both = grad_and_value(func, argnums, has_aux)

    @functools.wraps(func)
    def call(*args: Any, **kwargs: Any) -> Any:
        gradient, value = both(*args, **kwargs)
        return (gradient, value[1]) if has_aux else gradient

    return call


def jacrev(func: Function, argnums: Argnums = 0, *, has_aux: bool = False, chunk_size: Any = None) -> Function:
    """The function that returns ∂ func / ∂ argument, of shape output.shape + argument.shape: one backward pass an element.

    chunk_size  accepted as in PyTorch; rows are computed one after another

    >>> import tinygrad_edu as tg
    >>> jacrev(lambda x: x**2)(tg.tensor([1.0, 2.0]))
    tensor([[2., 0.],
            [0., 4.]])
    """

    @functools.wraps(func)
    def call(*args: Any, **kwargs: Any) -> Any:
        numbers, outer = _check("jacrev", argnums, args), _outer((args, kwargs))
        opened, inputs = _opened(args, numbers)
        with enable_grad():
            output, aux = _split("jacrev", func(*opened, **kwargs), has_aux)
            if not _flat(output):
                raise RuntimeError(f"jacrev(): expected the function to return Tensors, got {type(output).__name__}")
            answer = _map(lambda y: _Answer(_picked(args, numbers, argnums, _rows(y, inputs))), output)
        jacobian = _closed(_unwrapped(answer), outer)
        return (jacobian, _closed(aux, outer)) if has_aux else jacobian

    return call


class _Answer:
    """A structure that stands where a Tensor stood."""

    def __init__(self, tree: Any) -> None:
        self.tree = tree


def _unwrapped(tree: Any) -> Any:
    if isinstance(tree, _Answer):
        return tree.tree
    if isinstance(tree, dict):
        return {key: _unwrapped(value) for key, value in tree.items()}
    if isinstance(tree, (list, tuple)):
        return type(tree)(_unwrapped(value) for value in tree)
    return tree


def _rows(y: Any, inputs: list[Any]) -> list[Any]:
    """∂ y / ∂ input for each input."""
    rows = []
    for k in range(y.numel()):
        seed = np.zeros_like(y._data)
        seed.reshape(-1)[k] = 1
        rows.append(_pulled(y, inputs, from_array(seed)))
    shapes = [(*y.shape, *x.shape) for x in inputs]
    if not rows:
        return [from_array(np.zeros(shape, x.dtype)) for shape, x in zip(shapes, inputs, strict=True)]
    return [stack(column).reshape(shape) for column, shape in zip(zip(*rows, strict=True), shapes, strict=True)]


def jacfwd(func: Function, argnums: Argnums = 0, has_aux: bool = False, *, randomness: str = "error") -> Function:
    """jacrev: there is no forward mode, and the numbers are the same."""
    return jacrev(func, argnums, has_aux=has_aux)


def hessian(func: Function, argnums: Argnums = 0) -> Function:
    """The function that returns ∂² func / ∂ argument²: the Jacobian of the Jacobian.

    >>> import tinygrad_edu as tg
    >>> hessian(lambda x: (x**3).sum())(tg.tensor([1.0, 2.0]))
    tensor([[ 6.,  0.],
            [ 0., 12.]])
    """
    return jacrev(jacrev(func, argnums), argnums)


def vjp(func: Function, *primals: Any, has_aux: bool = False) -> Any:
    """(output, pull): pull(v) is vᵀ J for each primal; with has_aux (output, pull, aux).

    >>> import tinygrad_edu as tg
    >>> output, pull = vjp(lambda x: x**2, tg.tensor([1.0, 2.0]))
    >>> pull(tg.tensor([1.0, 10.0]))
    (tensor([ 2., 40.]),)
    """
    outer = _outer(primals)
    opened, inputs = _opened(primals, tuple(range(len(primals))))
    with enable_grad():
        output, aux = _split("vjp", func(*opened), has_aux)

    def pull(cotangents: Any) -> Any:
        with enable_grad():
            total = [from_array(np.zeros_like(x._data)) for x in inputs]
            for y, v in zip(_flat(output), _flat(cotangents), strict=True):
                total = [a + b for a, b in zip(total, _pulled(y, inputs, v), strict=True)]
        parts = iter(total)
        answer = tuple(_like_floats(p, parts) for p in primals)
        return _closed(answer, outer or _outer(cotangents))

    closed = _closed(output, outer)
    return (closed, pull, _closed(aux, outer)) if has_aux else (closed, pull)


def jvp(
    func: Function, primals: tuple[Any, ...], tangents: tuple[Any, ...], *, strict: bool = False, has_aux: bool = False
) -> Any:
    """(output, J · tangents): the directional derivative, by two reverse passes.

    >>> import tinygrad_edu as tg
    >>> jvp(lambda x: x**2, (tg.tensor([1.0, 2.0]),), (tg.tensor([1.0, 10.0]),))[1]
    tensor([ 2., 40.])
    """
    if has_aux:
        raise NotImplementedError("jvp(): has_aux is not supported; call the function once more for what it returns beside")
    flat = _flat(primals)

    def of_tensors(*tensors: Any) -> Any:
        return func(*_like(primals, tensors))

    output, directional = _directional(
        of_tensors, tuple(flat), tuple(_flat(tangents)), create_graph=_outer((primals, tangents))
    )
    return output, directional


def stack_module_state(models: list[Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """(parameters, buffers) of equal models, stacked along a new first axis.

    >>> import tinygrad_edu as tg
    >>> parameters, _ = stack_module_state([tg.nn.Linear(2, 1), tg.nn.Linear(2, 1)])
    >>> parameters["weight"].shape
    (2, 1, 2)
    """
    if not models:
        raise RuntimeError("stack_module_state: Expected at least one model, got 0.")
    found: list[dict[str, Any]] = []
    for kind in ("named_parameters", "named_buffers"):
        each = [dict(getattr(m, kind)()) for m in models]
        stacked = {name: stack([tensors[name].detach() for tensors in each]) for name in each[0]}
        if kind == "named_parameters":
            for name, tensor in stacked.items():
                tensor.requires_grad = each[0][name].requires_grad
        found.append(stacked)
    return found[0], found[1]


if not TYPE_CHECKING:  # for type checkers a module with a __getattr__ has every attribute

    def __getattr__(name: str) -> Any:
        return load_shortcut("other_names").attribute(__name__, name)
