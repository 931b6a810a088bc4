"""Identity: a layer that changes nothing."""

from __future__ import annotations

from typing import Any

from ..._tensor import Tensor
from ..module import Module

__all__ = ["Identity"]


class Identity(Module):
    """y = x, a placeholder for another layer; the constructor ignores its arguments.

    >>> import tinygrad_edu as tg
    >>> tg.nn.Identity()(tg.ones(2))
    tensor([1., 1.])
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()

    def forward(self, input: Tensor) -> Tensor:
        return input
