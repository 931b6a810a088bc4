"""PyTorch's autograd.Function: an op as a class with `forward` and `backward`. For new code, `primitive` is shorter."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .grad_mode import grad_enabled, no_grad, set_grad_enabled
from .mutation_clock import tick
from .node import NO_PARAMS, Node, from_array, is_tensor
from .primitives import Primitive
from .recording import record


class Context:
    """What `forward` stores for `backward`: ctx.save_for_backward(…), and your own attributes.

    needs_input_grad  for each argument of `apply`, whether it requires grad
    saved_tensors     the arguments of save_for_backward, in the same order
    """

    needs_input_grad: tuple[bool, ...] = ()

    def __init__(self, name: str) -> None:
        self._name = name
        self._saved: list[Any] = []
        self._outputs: tuple[Any, ...] = ()  # only while backward runs, to avoid reference cycles
        self._without_gradient: tuple[Any, ...] = ()
        self._materialize = True
        self._time = 0

    def save_for_backward(self, *tensors: Any) -> None:
        """Store inputs, outputs or intermediate Tensors (None is allowed) for `backward`."""
        for t in tensors:
            if t is not None and not is_tensor(t):
                raise TypeError(
                    f"save_for_backward can only save tensors, got {type(t).__name__}; set an attribute of ctx instead"
                )
        self._saved = list(tensors)

    @property
    def saved_tensors(self) -> tuple[Any, ...]:
        """The saved Tensors; raises an error if one has been changed in place since."""
        found = tuple(self._outputs[t] if isinstance(t, int) else t for t in self._saved)
        for t in found:
            if t is not None and t._cell is not None and t._cell[0] > self._time:
                raise RuntimeError(
                    "one of the variables needed for gradient computation has been modified by an inplace operation: "
                    f"{self._name} saved a tensor of shape {t._data.shape}, which has changed since. Run the forward pass again"
                )
        return found

    def mark_non_differentiable(self, *outputs: Any) -> None:
        """Declare that these outputs have no gradient."""
        self._without_gradient = outputs

    def set_materialize_grads(self, value: bool) -> None:
        """False: `backward` receives None, not zeros, for an output whose gradient is 0, such as an unused one."""
        self._materialize = value

    def mark_dirty(self, *inputs: Any) -> None:
        """Raise an error: an op must not change its inputs."""
        raise RuntimeError(
            f"{self._name}: mark_dirty is not supported: return a new tensor instead of changing an input in place"
        )


class Function:
    """Base class for your own op: implement `forward(ctx, …)` and `backward(ctx, *grad_outputs)`, then call `apply`.

    `backward` returns one gradient, or None, for each argument of `apply`. To be differentiable twice, it must be
    written with Tensor operations, and saved tensors must be inputs or outputs.

    >>> import tinygrad_edu as tg
    >>> class Cube(tg.autograd.Function):
    ...     @staticmethod
    ...     def forward(ctx, x):
    ...         ctx.save_for_backward(x)
    ...         return x**3
    ...     @staticmethod
    ...     def backward(ctx, g):
    ...         (x,) = ctx.saved_tensors
    ...         return g * 3 * x**2
    >>> x = tg.tensor(2.0, requires_grad=True)
    >>> Cube.apply(x).backward()
    >>> x.grad
    tensor(12.)
    """

    @staticmethod
    def forward(ctx: Any, *args: Any) -> Any:
        """Compute the outputs from the arguments of `apply`; its operations are not recorded."""
        raise NotImplementedError("You must implement the forward function for custom autograd.Function.")

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Any) -> Any:
        """Compute the gradients of the arguments of `forward` from those of its outputs."""
        raise NotImplementedError("You must implement the backward function for custom autograd.Function.")

    @classmethod
    def apply(cls, *args: Any) -> Any:
        """Call forward(ctx, *args) and record it."""
        ctx = Context(cls.__name__)
        ctx.needs_input_grad = tuple(is_tensor(x) and x._requires_grad for x in args)
        recording = grad_enabled() and any(ctx.needs_input_grad)
        with no_grad():
            answer = cls.forward(ctx, *args)
        if not recording:
            return answer
        outputs = answer if isinstance(answer, tuple) else (answer,)
        positions = [i for i, y in enumerate(outputs) if _differentiable(y, ctx)]
        if not positions:
            return answer
        op = Primitive(cls.forward, (), cls.__name__)
        results = _recorded([outputs[i] for i in positions], op, args)
        shapes = [outputs[i]._data.shape for i in positions]
        others = {i: y for i, y in enumerate(outputs) if i not in positions}
        ctx._saved = [next((i for i, y in enumerate(outputs) if t is y), t) for t in ctx._saved]
        ctx._time = tick()
        n = len(args)

        def rule(g: Any, y: Any, *inputs: Any, wanted: tuple[bool, ...]) -> Any:
            return _run_backward(cls, ctx, g, y, shapes, positions, others, n)

        op.joint = rule
        recorded = list(outputs)
        for i, y in zip(positions, results, strict=True):
            recorded[i] = y
        return tuple(recorded) if isinstance(answer, tuple) else recorded[0]


def _differentiable(y: Any, ctx: Context) -> bool:
    return is_tensor(y) and y._data.dtype.kind == "f" and all(y is not t for t in ctx._without_gradient)


def _recorded(outputs: list[Any], op: Primitive, args: tuple[Any, ...]) -> list[Any]:
    """The outputs as results of `op`. An op has one result: several outputs are concatenated into it, and sliced from it."""
    if len(outputs) == 1:
        data = outputs[0]._data
        is_an_input = any(outputs[0] is x for x in args)
        return [record(np.array(data) if is_an_input else data, op, args, NO_PARAMS, True)]
    flat = np.concatenate([y._data.reshape(-1) for y in outputs])
    whole = record(flat, op, args, NO_PARAMS, True)
    ends = np.cumsum([y._data.size for y in outputs]).tolist()
    return [whole[end - y._data.size : end].reshape(y._data.shape) for y, end in zip(outputs, ends, strict=True)]


def _pieces(flat: Any, shapes: list[tuple[int, ...]]) -> list[Any]:
    if len(shapes) == 1:
        return [flat]
    sizes = [math.prod(shape) for shape in shapes]
    ends = np.cumsum(sizes).tolist()
    return [flat[end - n : end].reshape(shape) for n, end, shape in zip(sizes, ends, shapes, strict=True)]


def _run_backward(
    cls: type[Function], ctx: Context, g: Any, y: Any, shapes: Any, positions: Any, others: Any, n: int
) -> list[Any]:
    """Call the user's backward; return its gradients: recorded Tensors if g is a Tensor, otherwise arrays."""
    create_graph = isinstance(g, Node)
    grads, values = _pieces(g, shapes), _pieces(y, shapes)
    if not create_graph:
        grads, values = [from_array(part) for part in grads], [from_array(part) for part in values]
    given: list[Any] = [None] * (len(positions) + len(others))
    outputs = list(given)
    for i, part, value in zip(positions, grads, values, strict=True):
        given[i], outputs[i] = part, value
    for i, other in others.items():
        outputs[i] = other
        if ctx._materialize and is_tensor(other):
            given[i] = from_array(np.zeros_like(other._data))
    if not ctx._materialize:
        given = [None if part is not None and not np.any(part._data) else part for part in given]
    ctx._outputs = tuple(outputs)
    try:
        with set_grad_enabled(create_graph):
            answer = cls.backward(ctx, *given)
    finally:
        ctx._outputs = ()
    answers = list(answer) if isinstance(answer, tuple) else [answer]
    if len(answers) > n and all(a is None for a in answers[n:]):
        answers = answers[:n]
    if len(answers) != n:
        raise RuntimeError(
            f"function {cls.__name__}Backward returned an incorrect number of gradients (expected {n}, got {len(answers)})"
        )
    for a in answers:
        if a is not None and not is_tensor(a):
            raise TypeError(f"{cls.__name__}.backward: expected Tensors or None, got {type(a).__name__}")
    return answers if create_graph else [a if a is None else a._data for a in answers]
