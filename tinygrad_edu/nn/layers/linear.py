"""Layers that multiply by a matrix."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..._tensor import Tensor
from ...autograd.node import from_array
from ...ops.creation import empty
from ...ops.fused import _linear
from .. import functional as F
from .. import init
from ..errors import ShapeError, check_dtype, check_sizes
from ..module import Module
from ..parameter import Parameter

__all__ = ["Bilinear", "Identity", "Linear"]


class Identity(Module):
    """y = x: a place to be filled later; arguments are ignored.

    >>> import tinygrad_edu as tg
    >>> tg.nn.Identity()(tg.ones(2))
    tensor([1., 1.])
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()

    def forward(self, input: Any) -> Any:
        return input


class Linear(Module):
    """y = x Wᵀ + b

    x [..., in_features] -> y [..., out_features]; weight [out_features, in_features], bias [out_features].
    Both start uniform in ±1/√in_features, from the same random numbers as PyTorch.

    >>> import tinygrad_edu as tg
    >>> _ = tg.manual_seed(0)
    >>> layer = tg.nn.Linear(2, 1)
    >>> layer
    Linear(in_features=2, out_features=1, bias=True)
    >>> layer.weight
    Parameter containing:
    tensor([[-0.0053,  0.3793]], requires_grad=True)
    """

    def __init__(
        self, in_features: int, out_features: int, bias: bool = True, *, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__()
        check_sizes(self, in_features=in_features, out_features=out_features)
        self.in_features = in_features
        self.out_features = out_features
        self.weight = Parameter(empty(out_features, in_features, dtype=dtype, device=device))
        self.bias = Parameter(empty(out_features, dtype=dtype)) if bias else None
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw new weights: weight first, then bias."""
        if self.weight.numel():
            init.kaiming_uniform_(self.weight, a=math.sqrt(5))  # ±1/√fan_in
        if self.bias is not None:
            bound = 1 / math.sqrt(self.in_features) if self.in_features > 0 else 0
            init.uniform_(self.bias, -bound, bound)

    def forward(self, input: Any) -> Tensor:
        weight, bias = self.weight, self.bias
        try:
            if input._data.dtype is not weight._data.dtype:
                check_dtype(self, input, weight)
            return _linear(input, weight) if bias is None else _linear(input, weight, bias)
        except (ValueError, AttributeError, IndexError) as error:
            if isinstance(input, np.ndarray):
                return self.forward(from_array(input.astype(weight.dtype)))
            if not isinstance(input, Tensor):
                raise TypeError(f"{self._short()}: the input must be a Tensor, got {type(input).__name__}") from None
            raise ShapeError(
                f"{self._short()}: the last axis of the input must be {self.in_features} (in_features), got shape {input.shape}"
            ) from error

    def _short(self) -> str:
        return f"Linear({self.in_features}, {self.out_features})"

    def extra_repr(self) -> str:
        return f"in_features={self.in_features}, out_features={self.out_features}, bias={self.bias is not None}"


class Bilinear(Module):
    """y[o] = x1ᵀ weight[o] x2 + bias[o]: x1 [..., in1], x2 [..., in2] -> [..., out]; weight [out, in1, in2].

    >>> import tinygrad_edu as tg
    >>> tg.nn.Bilinear(2, 3, 4)(tg.ones(5, 2), tg.ones(5, 3)).shape
    (5, 4)
    """

    def __init__(
        self,
        in1_features: int,
        in2_features: int,
        out_features: int,
        bias: bool = True,
        *,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        check_sizes(self, in1_features=in1_features, in2_features=in2_features, out_features=out_features)
        if in1_features <= 0:
            raise ValueError(f"in1_features must be > 0, but got {in1_features}")
        self.in1_features, self.in2_features, self.out_features = in1_features, in2_features, out_features
        self.weight = Parameter(empty(out_features, in1_features, in2_features, dtype=dtype, device=device))
        self.bias = Parameter(empty(out_features, dtype=dtype)) if bias else None
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw new weights, uniform in ±1/√in1_features: weight first, then bias."""
        bound = 1 / math.sqrt(self.in1_features)
        init.uniform_(self.weight, -bound, bound)
        if self.bias is not None:
            init.uniform_(self.bias, -bound, bound)

    def forward(self, input1: Tensor, input2: Tensor) -> Tensor:
        return F.bilinear(input1, input2, self.weight, self.bias)

    def extra_repr(self) -> str:
        return (
            f"in1_features={self.in1_features}, in2_features={self.in2_features}, "
            f"out_features={self.out_features}, bias={self.bias is not None}"
        )
