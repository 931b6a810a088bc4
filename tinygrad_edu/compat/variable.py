"""Variable: the name, before PyTorch 0.4, for a Tensor that takes part in autograd."""

from __future__ import annotations

import warnings
from typing import Any

from .._tensor import Tensor
from ..autograd.node import is_tensor

__all__ = ["Variable"]


class _Variable(type):
    def __instancecheck__(cls, x: object) -> bool:
        return is_tensor(x)

    def __call__(cls, data: Any = None, requires_grad: bool = False, volatile: bool | None = None) -> Tensor:
        if volatile is not None:
            warnings.warn("volatile was removed and now has no effect. Use `with torch.no_grad():` instead.", stacklevel=2)
        if not isinstance(data, Tensor):
            raise TypeError(f"Variable data has to be a tensor, but got {type(data).__name__}; use tensor(...)")
        out = data.detach()
        out.requires_grad = requires_grad
        return out


class Variable(metaclass=_Variable):
    """Variable(data) is data.detach(): a Tensor that shares its memory; with requires_grad=True, it gets a gradient.

    Every Tensor is an instance of Variable. `volatile` has no effect, as in PyTorch: use no_grad().

    >>> import tinygrad_edu as tg
    >>> x = Variable(tg.ones(2), requires_grad=True)
    >>> isinstance(x, tg.Tensor), isinstance(tg.ones(1), Variable)
    (True, True)
    """
