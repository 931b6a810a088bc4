"""Derivatives as functions: grad, vjp, jvp, jacobian, hessian, hvp.

All but grad take a function of one or several Tensors, and `inputs`: a Tensor or a tuple of Tensors. J is the Jacobian of
the function, H its Hessian. With create_graph, the results can be differentiated again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import numpy as np

from .._numpy_warnings import without_warnings
from .backprop import check_differentiable, make_seed, pull_back, run_hooks
from .grad_mode import enable_grad
from .node import Node, from_array
from .past.versions import sources

if TYPE_CHECKING:
    from .._tensor import Tensor


def grad(
    outputs: Any,
    inputs: Any,
    grad_outputs: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    allow_unused: bool = False,
) -> tuple[Tensor | Any, ...]:  # Any: None for an unused input
    """The gradients of the sum of `outputs` with respect to each of `inputs`; the `.grad` of leaves is not changed.

    gᵢ = Σₖ grad_outputsₖ · ∂outputsₖ/∂inputsᵢ

    `inputs` are Tensors that require grad, leaves or results. With create_graph, the results can be differentiated again.
    An input that no output depends on raises an error, or gives None with allow_unused. `retain_graph` is accepted as in
    PyTorch, but this function never frees a graph.

    >>> import tinygrad_edu as tg
    >>> x = tg.tensor(3.0, requires_grad=True)
    >>> (g,) = grad(x**3, x, create_graph=True)     # 3x²
    >>> grad(g, x)[0]                               # 6x
    tensor(18.)
    """
    roots = [outputs] if isinstance(outputs, Node) else list(outputs)
    targets = [inputs] if isinstance(inputs, Node) else list(inputs)
    seeds_given: Sequence[Any]
    if grad_outputs is None:
        seeds_given = [None] * len(roots)
    else:
        seeds_given = [grad_outputs] if isinstance(grad_outputs, (Node, np.ndarray)) else list(grad_outputs)
    if len(seeds_given) != len(roots):
        raise ValueError(f"grad: grad_outputs must have one entry per output ({len(roots)}), got {len(seeds_given)}")
    for i, x in enumerate(targets):
        if not isinstance(x, Node):
            raise TypeError(f"grad: input {i} must be a Tensor, got {type(x).__name__}")
        if not x._requires_grad:
            raise RuntimeError(f"grad: input {i} (shape {x._data.shape}) does not require grad")
    for root in roots:
        check_differentiable(root, "grad()")
    seeds = [make_seed(root, seed, create_graph) for root, seed in zip(roots, seeds_given, strict=True)]
    order, _ = topological(roots)
    wanted = {id(x) for x in targets}
    reached = set(wanted)
    for node in reversed(order):  # oldest first: which nodes depend on a target
        if any(id(x) in reached for x in sources(node)):
            reached.add(id(node))
    sums, _ = without_warnings(pull_back, roots, seeds, create_graph=create_graph, only=reached, keep=wanted)
    answers = []
    for i, x in enumerate(targets):
        g = sums.get(id(x))
        if g is None and not allow_unused:
            raise RuntimeError(
                f"grad: The differentiated Tensor at index {i} appears to not have been used in the graph: no output depends "
                f"on it (shape {x._data.shape}). Set allow_unused=True to get None in its place"
            )
        if g is not None and x._op is None and x._hooks:
            g = run_hooks(x, g)
        if g is not None:
            if not create_graph:
                g = from_array(np.copy(g))
            elif g._base is not None:  # a view of an internal array, which the caller must not be able to change
                g = np.positive(g)
            g = g if g.dtype == x._data.dtype else g.astype(x._data.dtype)
        answers.append(g)
    return tuple(answers)


# --- functions in, derivatives out ---


def vjp(func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False) -> tuple[Any, Any]:
    """(func(inputs), vᵀ J): the vector-Jacobian product, by one backward pass. v may be omitted if the output is a number.

    >>> import tinygrad_edu as tg
    >>> x = tg.tensor([1.0, 2.0])
    >>> vjp(lambda x: x * x, x, tg.tensor([1.0, 10.0]))[1]
    tensor([ 2., 40.])
    """
    leaves = _leaves(inputs, create_graph)
    outputs = _outputs(func, leaves, "vjp")
    seeds = _vectors("vjp", v, outputs, "outputs")
    answers = _pull(outputs, leaves, seeds, create_graph)
    return _like(outputs, _detached(outputs, create_graph)), _packed(inputs, answers)


def jvp(func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False) -> tuple[Any, Any]:
    """(func(inputs), J v): the directional derivative along v, by two backward passes.

    uᵀ J v is linear in u, and its gradient with respect to u is J v.

    >>> import tinygrad_edu as tg
    >>> x = tg.tensor([1.0, 2.0])
    >>> jvp(lambda x: (x * x).sum(), x, tg.tensor([1.0, 10.0]))[1]
    tensor(42.)
    """
    leaves = _leaves(inputs, create_graph)
    outputs = _outputs(func, leaves, "jvp")
    directions = _vectors("jvp", v, leaves, "inputs")
    us = tuple(from_array(np.ones_like(y._data), requires_grad=y._data.dtype.kind == "f") for y in outputs)
    backward = _pull(outputs, leaves, us, True)
    answers = _pull(backward, us, directions, create_graph)
    return _like(outputs, _detached(outputs, create_graph)), _like(outputs, answers)


def jacobian(func: Callable[..., Any], inputs: Any, create_graph: bool = False) -> Any:
    """J[i, j] = ∂ output i / ∂ input j, of shape output.shape + input.shape: one backward pass per output element.

    For several inputs, a tuple of Jacobians; for several outputs, a tuple of those.

    >>> import tinygrad_edu as tg
    >>> jacobian(lambda x: x * x, tg.tensor([1.0, 2.0]))
    tensor([[2., 0.],
            [0., 4.]])
    """
    leaves = _leaves(inputs, create_graph)
    outputs = _outputs(func, leaves, "jacobian")
    answers = []
    for y in outputs:
        rows = []
        for k in range(y._data.size):
            seed = np.zeros_like(y._data)
            seed.reshape(-1)[k] = 1
            rows.append(_pull((y,), leaves, (from_array(seed),), create_graph))
        parts = []
        for j, x in enumerate(leaves):
            shape = y._data.shape + x._data.shape
            column = [row[j] for row in rows]
            parts.append(np.stack(column).reshape(shape) if column else from_array(np.zeros(shape, x._data.dtype)))
        answers.append(_packed(inputs, tuple(parts)))
    return _like(outputs, tuple(answers))


def hessian(func: Callable[..., Any], inputs: Any, create_graph: bool = False) -> Any:
    """H[i, j] = ∂² func / ∂ input i ∂ input j for a scalar-valued function.

    >>> import tinygrad_edu as tg
    >>> hessian(lambda x: (x**3).sum(), tg.tensor([1.0, 2.0]))
    tensor([[ 6.,  0.],
            [ 0., 12.]])
    """
    return jacobian(_gradient(func, "hessian", isinstance(inputs, Node)), inputs, create_graph)


def hvp(func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False) -> tuple[Any, Any]:
    """(func(inputs), H v) for a scalar-valued function, without forming H: two backward passes.

    >>> import tinygrad_edu as tg
    >>> hvp(lambda x: (x**3).sum(), tg.tensor([1.0, 2.0]), tg.tensor([1.0, 1.0]))[1]
    tensor([ 6., 12.])
    """
    single = isinstance(inputs, Node)
    directions = _vectors("hvp", v, (inputs,) if single else tuple(inputs), "inputs")
    value = func(inputs) if single else func(*inputs)
    gradient = _gradient(func, "hvp", single)
    product = vjp(gradient, inputs, directions[0] if single else directions, create_graph)[1]
    return value if create_graph else value.detach(), product


vhp = hvp  # H is symmetric: vᵀ H = (H v)ᵀ


def _gradient(func: Callable[..., Any], name: str, single: bool) -> Callable[..., Any]:
    """A function that returns the gradient of func and can itself be differentiated."""

    def gradient(*leaves: Any) -> Any:
        (y,) = _outputs(func, leaves, name)
        if y._data.size != 1:
            raise RuntimeError(f"{name}(): the function must return one number, got shape {y._data.shape}")
        answers = _pull((y,), leaves, (from_array(np.ones_like(y._data)),), True)
        return answers[0] if single else answers

    return gradient


def _leaves(inputs: Any, create_graph: bool) -> tuple[Any, ...]:
    """The inputs themselves if they require grad and the result is to be differentiated, otherwise new leaves."""
    tensors = tuple(inputs) if isinstance(inputs, (tuple, list)) else (inputs,)
    for x in tensors:
        if not isinstance(x, Node):
            raise TypeError(f"inputs must be a Tensor or a tuple of Tensors, got {type(x).__name__}")
    return tuple(x if create_graph and x._requires_grad else from_array(x._data, requires_grad=True) for x in tensors)


def _outputs(func: Callable[..., Any], leaves: tuple[Any, ...], name: str) -> Any:
    with enable_grad():
        answer = func(*leaves)
    outputs = (answer,) if isinstance(answer, Node) else answer
    if not isinstance(outputs, (tuple, list)) or not all(isinstance(y, Node) for y in outputs):
        raise TypeError(f"{name}(): the function must return a Tensor or a tuple of Tensors, got {type(answer).__name__}")
    return _Single(outputs) if isinstance(answer, Node) else tuple(outputs)


class _Single(tuple[Any, ...]):
    """The outputs of a function that returned one Tensor."""


def _vectors(name: str, v: Any, of: tuple[Any, ...], what: str) -> tuple[Any, ...]:
    """v as a tuple of Tensors with the shapes of those in `of`."""
    if v is None:
        if len(of) != 1 or of[0]._data.size != 1:
            found = " and ".join(str(x._data.shape) for x in of)
            raise RuntimeError(f"{name}(): v can only be omitted for a single number, got {what} of shape {found}")
        return (from_array(np.ones_like(of[0]._data)),)
    vectors = (v,) if isinstance(v, Node) else tuple(v)
    if [x._data.shape for x in vectors] != [y._data.shape for y in of]:
        shapes, given = [y._data.shape for y in of], [x._data.shape for x in vectors]
        raise RuntimeError(f"{name}(): v must have the shapes of the {what}, {shapes}, got {given}")
    return vectors


def _pull(outputs: Any, leaves: tuple[Any, ...], seeds: tuple[Any, ...], create_graph: bool) -> tuple[Any, ...]:
    """Σ seedₖ · ∂ outputₖ / ∂ leaf for each leaf; zeros for leaves that no output depends on."""
    pairs = [(y, v) for y, v in zip(outputs, seeds, strict=True) if y._requires_grad]
    found: Sequence[Any] = [None] * len(leaves)
    if pairs:
        ys, vs = zip(*pairs, strict=True)
        found = grad(ys, leaves, vs, create_graph=create_graph, allow_unused=True)
    return tuple(from_array(np.zeros_like(x._data)) if g is None else g for x, g in zip(leaves, found, strict=True))


def _detached(outputs: Any, create_graph: bool) -> tuple[Any, ...]:
    return tuple(outputs) if create_graph else tuple(y.detach() for y in outputs)


def _like(outputs: Any, answers: tuple[Any, ...]) -> Any:
    """A single result for a function that returned one Tensor, otherwise the tuple."""
    return answers[0] if isinstance(outputs, _Single) else answers


def _packed(inputs: Any, answers: tuple[Any, ...]) -> Any:
    """A single result for one input Tensor, a tuple for a tuple."""
    return answers[0] if isinstance(inputs, Node) else answers


# --- the order of a whole graph (not needed by backward()) ---


_by_time = attrgetter("_time")


def topological(roots: Iterable[Node]) -> tuple[list[Node], list[Node]]:
    """The recorded results that `roots` depend on, newest first, and the leaves that require a gradient.

    No recursion: the list grows during the loop. Inputs are older than results, so sorting by time is enough. Nodes are
    identified by id(), which is safe while the lists hold them.
    """
    found: list[Node] = []
    leaves: list[Node] = []
    seen: set[int] = set()
    for root in roots:
        if id(root) not in seen:
            seen.add(id(root))
            (leaves if root._op is None else found).append(root)
    for node in found:
        for x in sources(node):
            if id(x) not in seen:
                seen.add(id(x))
                (leaves if x._op is None else found).append(x)
    found.sort(key=_by_time, reverse=True)
    return found, leaves
