"""What inplace=True means."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .._tensor import Tensor
from ..autograd.grad_mode import grad_enabled


def in_place(name: str, function: Callable[..., Any], input: Any, *settings: Any) -> Any:
    """function(input, *settings), written into `input`.

    A result that is part of a graph cannot be overwritten: for it a new tensor comes back, as for `y += 1`. A leaf that
    requires grad is refused, as in PyTorch.
    """
    if not isinstance(input, Tensor):
        input[...] = function(input, *settings)
        return input
    if grad_enabled() and input._op is not None:
        return function(input, *settings)
    what = f"{name}(inplace=True)"
    input._check_in_place(what)
    return input._write(what, function(input.detach(), *settings))
