"""Linear: multiply by a matrix and add a vector."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..._tensor import Tensor
from ...autograd.arrays import require_numbers
from ...autograd.node import from_array
from ...ops.affine import _linear
from ...ops.creation import empty
from .. import init
from ..errors import ShapeError, check_dtype, check_sizes, described, features_hint
from ..module import Module
from ..parameter import Parameter
from ..signatures import OptionalParameter

__all__ = ["Linear"]


class Linear(Module):
    """y = x Wᵀ + b

    x [..., in_features] -> y [..., out_features]; weight [out_features, in_features], bias [out_features].
    Both are initialized uniformly in ±1/√in_features, with the same random numbers as PyTorch; bias=False leaves b out.

    >>> import tinygrad_edu as tg
    >>> _ = tg.manual_seed(0)
    >>> layer = tg.nn.Linear(2, 1)
    >>> layer
    Linear(in_features=2, out_features=1, bias=True)
    >>> layer.weight
    Parameter containing:
    tensor([[-0.0053,  0.3793]], requires_grad=True)
    """

    def __init__(self, in_features: int, out_features: int, bias: bool = True, device: Any = None, dtype: Any = None) -> None:
        super().__init__()
        check_sizes(self, in_features=in_features, out_features=out_features)
        self.in_features = in_features
        self.out_features = out_features
        self.weight = Parameter(empty(out_features, in_features, dtype=dtype, device=device))
        self.bias: OptionalParameter = Parameter(empty(out_features, dtype=dtype)) if bias else None
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw new weights: weight first, then bias."""
        if self.weight.numel():
            init.kaiming_uniform_(self.weight, a=math.sqrt(5))  # ±1/√fan_in
        if self.bias is not None:
            bound = 1 / math.sqrt(self.in_features) if self.in_features > 0 else 0
            init.uniform_(self.bias, -bound, bound)

    def forward(self, input: Tensor) -> Tensor:
        weight, bias = self.weight, self.bias
        try:
            if input._data.dtype is not weight._data.dtype:
                check_dtype(self, input, weight)
            return _linear(input, weight) if bias is None else _linear(input, weight, bias)
        except (ValueError, AttributeError, IndexError) as error:
            given: Any = input
            if isinstance(given, np.ndarray):
                return self.forward(from_array(require_numbers(self._short(), given).astype(weight.dtype)))
            if not isinstance(given, Tensor):
                raise TypeError(f"{self._short()}: the input must be a Tensor, got {described(input)}") from None
            message = f"the last axis of the input must have size {self.in_features} (in_features), got shape {input.shape}"
            message += features_hint(input.shape, weight.shape)
            raise ShapeError(f"{self._short()}: {message}", (input.shape, {-1})) from error

    def _short(self) -> str:
        return f"Linear({self.in_features}, {self.out_features})"

    def extra_repr(self) -> str:
        return f"in_features={self.in_features}, out_features={self.out_features}, bias={self.bias is not None}"
