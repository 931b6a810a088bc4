"""The meaning of inplace=True, and the activations that accept it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from .._tensor import Tensor
from ..ops import activation as ops
from .diagnostics.call_arguments import explain


def in_place(name: str, function: Callable[..., Any], input: Any, *settings: Any) -> Any:
    """function(input, *settings), written into `input`.

    An input that is part of a graph becomes a new version of itself. A leaf that requires grad raises an error, as in PyTorch.
    """
    if not isinstance(input, Tensor):
        input[...] = function(input, *settings)
        return input
    return input._apply(f"{name}(inplace=True)", function, *settings)


def _activation(function: Callable[..., Any]) -> Callable[..., Any]:
    """The op with PyTorch's signature: (input, …, inplace=False)."""
    _, *settings = inspect.signature(function).parameters.values()
    head = inspect.Parameter("input", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    signature = inspect.Signature([head, *settings, head.replace(name="inplace", default=False)])
    name, count = function.__name__, 1 + len(settings)
    numbers = {setting.name for setting in settings} - {"training"}

    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            if not kwargs and len(args) <= count:
                return function(*args)
            bound = signature.bind(*args, **kwargs)
            bound.apply_defaults()
            *inputs, inplace = bound.arguments.values()
            return in_place(name, function, *inputs) if inplace else function(*inputs)
        except TypeError:
            explain(call, args, kwargs, numbers)
            raise

    call.__name__ = call.__qualname__ = name
    call.__doc__ = f"{function.__doc__}\n    inplace=True writes the result into `input`.\n    "
    call.__signature__ = signature  # type: ignore[attr-defined]  # mypy does not know that functions accept attributes
    return call


relu = _activation(ops.relu)
relu6 = _activation(ops.relu6)
leaky_relu = _activation(ops.leaky_relu)
rrelu = _activation(ops.rrelu)
elu = _activation(ops.elu)
selu = _activation(ops.selu)
celu = _activation(ops.celu)
silu = _activation(ops.silu)
mish = _activation(ops.mish)
hardtanh = _activation(ops.hardtanh)
hardsigmoid = _activation(ops.hardsigmoid)
hardswish = _activation(ops.hardswish)
threshold = _activation(ops.threshold)


def _ending_in_underscore(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function with inplace=True, such as PyTorch's relu_."""

    def call(input: Any, *args: Any, **kwargs: Any) -> Any:
        return function(input, *args, inplace=True, **kwargs)

    call.__name__ = call.__qualname__ = f"{function.__name__}_"
    call.__doc__ = f"{function.__name__}(input, …, inplace=True)."
    return call


relu_ = _ending_in_underscore(relu)
leaky_relu_ = _ending_in_underscore(leaky_relu)
rrelu_ = _ending_in_underscore(rrelu)
elu_ = _ending_in_underscore(elu)
selu_ = _ending_in_underscore(selu)
celu_ = _ending_in_underscore(celu)
hardtanh_ = _ending_in_underscore(hardtanh)
threshold_ = _ending_in_underscore(threshold)
