"""A primitive: a NumPy function with its rules.

    tanh = primitive(np.tanh, lambda g, y, x: g * (1 - y * y))

A *rule* is the vector-Jacobian product for one input. It receives `g` (dL/dy), the output `y`, the inputs and the keyword
parameters, and returns dL/dx for that input. It is called with arrays (first order: nothing is recorded) or with Tensors
(create_graph: the same code is recorded). Arrays are positional, metadata is keyword-only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from . import recording

if TYPE_CHECKING:
    from .signatures import RecordedFunction

Rule = Callable[..., Any]

PRIMITIVES: dict[str, Primitive] = {}
"""The primitives loaded so far, by name; the tests iterate over them."""

NUMPY: dict[Callable[..., Any], Callable[..., Any]] = {}
"""NumPy function -> the corresponding function here, which accepts Tensors."""


class Primitive:
    """A forward function with one rule per input, or one joint rule that returns the gradients of all inputs."""

    def __init__(
        self, forward: Callable[..., Any], rules: tuple[Rule | None, ...], name: str, joint: Rule | None = None
    ) -> None:
        self.forward, self.rules, self.joint, self.name = forward, rules, joint, name

    def vjp(self, rule: Rule) -> Rule:
        """Decorator: add the rule of the next input."""
        self.rules = (*self.rules, rule)
        return rule

    def joint_vjp(self, rule: Rule) -> Rule:
        """Decorator: set the joint rule."""
        self.joint = rule
        return rule

    def joint_parts(self, arguments: Sequence[Any], wanted: Sequence[tuple[Any, int]], params: dict[str, Any]) -> Sequence[Any]:
        """The joint rule's gradient for each input; `wanted` lists the inputs that need one, with their positions."""
        needs = [False] * (len(arguments) - 2)  # after g and y
        for _, i in wanted:
            needs[i] = True
        parts: Sequence[Any] = self.joint(*arguments, wanted=needs, **params)  # type: ignore[misc]  # only called if there is one
        if len(parts) != len(needs):
            raise RuntimeError(f"{self.name}: the joint rule must return a gradient per input ({len(needs)}), got {len(parts)}")
        return parts

    def __repr__(self) -> str:
        return f"<primitive {self.name}>"


C = TypeVar("C", bound=Callable[..., Any])


def implements(*numpy_functions: Callable[..., Any]) -> Callable[[C], C]:
    """Decorator: make the given NumPy functions call the decorated function for Tensors."""

    def register(function: C) -> C:
        for f in numpy_functions:
            NUMPY[f] = function
        return function

    return register


def primitive(
    forward: Callable[..., Any], *rules: Rule | None, name: str | None = None, doc: str | None = None
) -> RecordedFunction:
    """Turn a NumPy function into one that is recorded: arrays in, arrays out; Tensors in, a Tensor out.

    `rules[i]` is the rule of input i; None means that input i has no gradient (an index, a mask). Rules can also be added
    below a longer forward function, as `@f.vjp` (the rule of the next input) or `@f.joint_vjp` (a rule that receives
    `wanted`, a list of booleans, and returns a gradient for each input, or None if it is not wanted).

    >>> import tinygrad_edu as tg
    >>> from tinygrad_edu.autograd import primitive
    >>> cube = primitive(lambda x: x**3, lambda g, y, x: g * 3 * x**2, name="cube")
    >>> x = tg.tensor([1.0, 2.0], requires_grad=True)
    >>> cube(x).sum().backward()
    >>> x.grad
    tensor([ 3., 12.])
    """
    call: Any  # a function that gets the attributes of a RecordedFunction
    op = Primitive(forward, rules, name or forward.__name__.lstrip("_"))  # _sum implements the op "sum"
    if isinstance(forward, np.ufunc):
        call = recording.unary(op) if forward.nin == 1 else recording.binary(op)
    else:
        call = recording.general(op)
    call.__name__ = call.__qualname__ = op.name
    call.__doc__ = doc or (forward.__doc__ if not isinstance(forward, np.ufunc) else f"np.{forward.__name__}, recorded.")
    call.__module__ = getattr(forward, "__module__", None) or __name__
    if not isinstance(forward, np.ufunc):  # NumPy's ufuncs have arguments that are not supported here
        call.__wrapped__ = forward  # used by inspect.signature and doctest
    call.op = op
    call.vjp, call.joint_vjp = op.vjp, op.joint_vjp
    PRIMITIVES[op.name] = op
    if isinstance(forward, np.ufunc) or getattr(np, op.name, None) is forward:
        NUMPY[forward] = call
    recorded: RecordedFunction = call
    return recorded
