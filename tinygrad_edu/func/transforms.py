"""Function transforms: grad, jacrev, hessian, vjp, jvp; and the weights of several models, stacked."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from ..autograd.functional import jvp as directional
from ..autograd.grad_mode import enable_grad
from ..autograd.node import from_array, is_tensor
from ..ops.joining import stack
from .inputs import check_argnums, close, in_a_graph, open_inputs, pick, replace_floats, split_aux, vector_jacobian
from .trees import flatten, map_tensors, rebuild

Function = Callable[..., Any]
Argnums = int | tuple[int, ...]


def grad_and_value(func: Function, argnums: Argnums = 0, has_aux: bool = False) -> Function:
    """A function that returns (gradient, value) of func, whose value is one number; with has_aux, (gradient, (value, aux)).

    >>> import tinygrad_edu as tg
    >>> grad_and_value(lambda x: (x * x).sum())(tg.tensor([1.0, 2.0]))
    (tensor([2., 4.]), tensor(5.))
    """

    @functools.wraps(func)
    def call(*args: Any, **kwargs: Any) -> Any:
        numbers, outer = check_argnums("grad", argnums, args), in_a_graph((args, kwargs))
        opened, inputs = open_inputs(args, numbers)
        with enable_grad():
            value, aux = split_aux("grad", func(*opened, **kwargs), has_aux)
            if not is_tensor(value) or value.numel() != 1 or value.ndim:
                what = f"shape {tuple(value.shape)}" if is_tensor(value) else type(value).__name__
                raise RuntimeError(
                    f"grad(): the function must return a Tensor with one element and no axes, got {what}; use jacrev for others"
                )
            parts = vector_jacobian(value, inputs, from_array(np.ones_like(value._data)))
        gradient = close(pick(args, numbers, argnums, parts), outer)
        value = close(value, outer)
        return gradient, (value, close(aux, outer)) if has_aux else value

    return call


def grad(func: Function, argnums: Argnums = 0, has_aux: bool = False) -> Function:
    """A function that returns the gradient of func, whose value is a single number, with respect to its argument `argnums`.

    argnums  an index, or a tuple of indices for a tuple of gradients
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
    """A function that returns ∂ func / ∂ argument, of shape output.shape + argument.shape.

    It makes one backward pass per element of the output.

    chunk_size  accepted as in PyTorch; rows are computed one after the other

    >>> import tinygrad_edu as tg
    >>> jacrev(lambda x: x**2)(tg.tensor([1.0, 2.0]))
    tensor([[2., 0.],
            [0., 4.]])
    """

    @functools.wraps(func)
    def call(*args: Any, **kwargs: Any) -> Any:
        numbers, outer = check_argnums("jacrev", argnums, args), in_a_graph((args, kwargs))
        opened, inputs = open_inputs(args, numbers)
        with enable_grad():
            output, aux = split_aux("jacrev", func(*opened, **kwargs), has_aux)
            if not flatten(output):
                raise RuntimeError(f"jacrev(): expected the function to return Tensors, got {type(output).__name__}")
            jacobian = map_tensors(lambda y: pick(args, numbers, argnums, _rows(y, inputs)), output)
        jacobian = close(jacobian, outer)
        return (jacobian, close(aux, outer)) if has_aux else jacobian

    return call


def _rows(y: Any, inputs: list[Any]) -> list[Any]:
    """∂ y / ∂ input for each input."""
    rows = []
    for k in range(y.numel()):
        seed = np.zeros_like(y._data)
        seed.reshape(-1)[k] = 1
        rows.append(vector_jacobian(y, inputs, from_array(seed)))
    shapes = [(*y.shape, *x.shape) for x in inputs]
    if not rows:
        return [from_array(np.zeros(shape, x.dtype)) for shape, x in zip(shapes, inputs, strict=True)]
    return [stack(column).reshape(shape) for column, shape in zip(zip(*rows, strict=True), shapes, strict=True)]


def jacfwd(func: Function, argnums: Argnums = 0, has_aux: bool = False, *, randomness: str = "error") -> Function:
    """The same as jacrev: there is no forward mode, but the numbers are the same."""
    return jacrev(func, argnums, has_aux=has_aux)


def hessian(func: Function, argnums: Argnums = 0) -> Function:
    """A function that returns ∂² func / ∂ argument²: the Jacobian of the Jacobian.

    >>> import tinygrad_edu as tg
    >>> hessian(lambda x: (x**3).sum())(tg.tensor([1.0, 2.0]))
    tensor([[ 6.,  0.],
            [ 0., 12.]])
    """
    return jacrev(jacrev(func, argnums), argnums)


def vjp(func: Function, *primals: Any, has_aux: bool = False) -> Any:
    """(output, pull): pull(v) is vᵀ J for each primal; with has_aux, (output, pull, aux).

    >>> import tinygrad_edu as tg
    >>> output, pull = vjp(lambda x: x**2, tg.tensor([1.0, 2.0]))
    >>> pull(tg.tensor([1.0, 10.0]))
    (tensor([ 2., 40.]),)
    """
    outer = in_a_graph(primals)
    opened, inputs = open_inputs(primals, tuple(range(len(primals))))
    with enable_grad():
        output, aux = split_aux("vjp", func(*opened), has_aux)

    def pull(cotangents: Any) -> Any:
        with enable_grad():
            total = [from_array(np.zeros_like(x._data)) for x in inputs]
            for y, v in zip(flatten(output), flatten(cotangents), strict=True):
                total = [a + b for a, b in zip(total, vector_jacobian(y, inputs, v), strict=True)]
        parts = iter(total)
        answer = tuple(replace_floats(p, parts) for p in primals)
        return close(answer, outer or in_a_graph(cotangents))

    closed = close(output, outer)
    return (closed, pull, close(aux, outer)) if has_aux else (closed, pull)


def jvp(
    func: Function, primals: tuple[Any, ...], tangents: tuple[Any, ...], *, strict: bool = False, has_aux: bool = False
) -> Any:
    """(output, J · tangents): the value and the directional derivative, by two reverse passes.

    >>> import tinygrad_edu as tg
    >>> jvp(lambda x: x**2, (tg.tensor([1.0, 2.0]),), (tg.tensor([1.0, 10.0]),))[1]
    tensor([ 2., 40.])
    """
    if has_aux:
        raise NotImplementedError("jvp(): has_aux is not supported; call the function separately for its auxiliary output")
    flat = flatten(primals)

    def of_tensors(*tensors: Any) -> Any:
        return func(*rebuild(primals, tensors))

    output, tangent = directional(
        of_tensors, tuple(flat), tuple(flatten(tangents)), create_graph=in_a_graph((primals, tangents))
    )
    return output, tangent


def stack_module_state(models: list[Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """(parameters, buffers) of models of the same structure, stacked along a new first axis.

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
