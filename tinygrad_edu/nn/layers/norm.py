"""Normalization of each sample separately: over its last axes, or over groups of its channels.

Functions first, layers below.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..._shapes import unequal_axes
from ..._tensor import Tensor
from ...ops.creation import ones, zeros
from ...ops.elementwise import clamp, sqrt
from ...ops.normalization import layer_norm as rows_normalized
from ...ops.normalization import standardize
from ...ops.norms import norm
from ...ops.reduction import mean as average
from ...ops.shape import reshape
from .. import init
from ..diagnostics.call_arguments import explained
from ..errors import DtypeError, ShapeError, check_dtype, check_sizes
from ..module import Module
from ..parameter import Parameter
from ..signatures import OptionalParameter
from .batchnorm import affine

__all__ = ["GroupNorm", "LayerNorm", "RMSNorm"]


def layer_norm(input: Any, normalized_shape: Any, weight: Any = None, bias: Any = None, eps: float = 1e-5) -> Any:
    """(x − mean) / √(var + eps) · weight + bias over the last axes, whose sizes are normalized_shape.

    >>> import tinygrad_edu as tg
    >>> tg.nn.functional.layer_norm(tg.tensor([[1.0, 3.0]]), (2,))
    tensor([[-1.0000,  1.0000]])
    """
    axes = _last_axes("layer_norm", input, normalized_shape)
    if not math.prod(input.shape[a] for a in axes):
        return input if weight is None else input * weight
    return rows_normalized(input, len(axes), eps, weight, bias)


@explained
def rms_norm(input: Any, normalized_shape: Any, weight: Any = None, eps: float | None = None) -> Any:
    """x / √(mean(x²) + eps) · weight over the last axes; eps defaults to the machine epsilon.

    Source: Zhang & Sennrich, Root Mean Square Layer Normalization, 2019, arXiv:1910.07467.

    >>> import tinygrad_edu as tg
    >>> tg.nn.functional.rms_norm(tg.tensor([[1.0, 7.0]]), (2,))
    tensor([[0.2000, 1.4000]])
    """
    axes = _last_axes("rms_norm", input, normalized_shape)
    if input.dtype.kind != "f":
        raise DtypeError(f"rms_norm(): the input must be floating point, got {input.dtype}; use .float()")
    eps = float(np.finfo(input.dtype).eps) if eps is None else eps
    y = input / sqrt(average(input * input, axes, keepdims=True) + eps)
    return y if weight is None else y * weight


def _last_axes(name: str, input: Any, normalized_shape: Any) -> tuple[int, ...]:
    shape = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
    if input.shape[-len(shape) :] != shape:
        raise ShapeError(
            f"{name}(): the last axes of the input must be {shape} (normalized_shape), got shape {input.shape}",
            (input.shape, unequal_axes([shape, input.shape[-len(shape) :]])),
        )
    return tuple(range(-len(shape), 0))


@explained
def group_norm(input: Any, num_groups: int, weight: Any = None, bias: Any = None, eps: float = 1e-5) -> Any:
    """(x − mean) / √(var + eps) · weight + bias over groups of channels and all later axes: input [N, C, …].

    Source: Wu & He, Group Normalization, 2018, arXiv:1803.08494.

    >>> import tinygrad_edu as tg
    >>> tg.nn.functional.group_norm(tg.tensor([[1.0, 3.0, 10.0, 30.0]]), 2)
    tensor([[-1.0000,  1.0000, -1.0000,  1.0000]])
    """
    shape = input.shape
    if len(shape) < 2 or shape[1] % num_groups:
        raise ShapeError(f"group_norm(): input [N, C, …] needs C divisible by num_groups={num_groups}, got shape {shape}")
    if math.prod(shape) == num_groups:
        raise ValueError(f"group_norm(): Expected more than 1 value per channel group, got input size {shape}")
    grouped = reshape(input, (shape[0], num_groups, math.prod(shape[1:]) // num_groups))
    y = reshape(standardize(grouped, 2, eps), shape) if grouped.shape[2] else input
    return affine(y, weight, bias)


@explained
def normalize(input: Any, p: float = 2.0, dim: int = 1, eps: float = 1e-12) -> Any:
    """x / max(‖x‖_p, eps) along axis `dim`: vectors are scaled to p-norm 1, and zero vectors stay zero.

    >>> import tinygrad_edu as tg
    >>> tg.nn.functional.normalize(tg.tensor([[3.0, 4.0]]))
    tensor([[0.6000, 0.8000]])
    """
    return input / clamp(norm(input, p, dim, True), min=eps)


# --- layers ---


class _OverLastAxes(Module):
    """The common base of LayerNorm and RMSNorm: normalized_shape, eps and the weight."""

    def __init__(
        self, normalized_shape: int | Sequence[int], eps: Any, elementwise_affine: bool, device: Any, dtype: Any
    ) -> None:
        super().__init__()
        self.normalized_shape = _shape(self, normalized_shape)
        self.eps, self.elementwise_affine = eps, elementwise_affine
        self.weight: OptionalParameter = (
            Parameter(ones(self.normalized_shape, dtype=dtype, device=device)) if elementwise_affine else None
        )


class LayerNorm(_OverLastAxes):
    """Standardize each sample over its last axes, then scale and shift it.

    y = (x − mean) / √(var + eps) · weight + bias, over the axes whose sizes are normalized_shape.
    Source: Ba et al., Layer Normalization, 2016, arXiv:1607.06450.

    >>> import tinygrad_edu as tg
    >>> tg.nn.LayerNorm(3)(tg.tensor([1.0, 2.0, 3.0])).detach()
    tensor([-1.2247,  0.0000,  1.2247])
    """

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(normalized_shape, eps, elementwise_affine, device, dtype)
        self.bias: OptionalParameter = (
            Parameter(zeros(self.normalized_shape, dtype=dtype)) if elementwise_affine and bias else None
        )

    def reset_parameters(self) -> None:
        """Set weight to 1 and bias to 0."""
        _reset(self.weight, self.bias)

    def forward(self, input: Tensor) -> Tensor:
        check_dtype(self, input, self.weight)
        return layer_norm(input, self.normalized_shape, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        affine, bias = self.elementwise_affine, self.bias is not None
        return f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={affine}, bias={bias}"


class RMSNorm(_OverLastAxes):
    """Divide each sample by the root mean square over its last axes, then scale it; eps defaults to the machine epsilon.

    Source: Zhang & Sennrich, Root Mean Square Layer Normalization, 2019, arXiv:1910.07467.

    >>> import tinygrad_edu as tg
    >>> tg.nn.RMSNorm(2)(tg.tensor([[3.0, 3.0]]))
    tensor([[1., 1.]], grad_fn=<MulBackward0>)
    """

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float | None = None,
        elementwise_affine: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(normalized_shape, eps, elementwise_affine, device, dtype)

    def reset_parameters(self) -> None:
        """Set weight to 1."""
        _reset(self.weight)

    def forward(self, input: Tensor) -> Tensor:
        check_dtype(self, input, self.weight)
        return rms_norm(input, self.normalized_shape, self.weight, self.eps)

    def extra_repr(self) -> str:
        return f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}"


class GroupNorm(Module):
    """Standardize each sample over groups of its channels, then scale and shift each channel: x [N, C, …].

    num_groups=1 standardizes as LayerNorm over channels and space does, num_groups=C as instance normalization does.

    >>> import tinygrad_edu as tg
    >>> tg.nn.GroupNorm(2, 4)(tg.tensor([[1.0, 3.0, 10.0, 30.0]]))
    tensor([[-1.0000,  1.0000, -1.0000,  1.0000]], grad_fn=<AddBackward0>)
    """

    def __init__(
        self,
        num_groups: int,
        num_channels: int,
        eps: float = 1e-5,
        affine: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__()
        check_sizes(self, num_groups=num_groups, num_channels=num_channels)
        if num_groups == 0 or num_channels % num_groups:
            raise ValueError(f"num_channels ({num_channels}) must be divisible by num_groups ({num_groups})")
        self.num_groups, self.num_channels, self.eps, self.affine = num_groups, num_channels, eps, affine
        self.weight: OptionalParameter = Parameter(ones(num_channels, dtype=dtype, device=device)) if affine else None
        self.bias: OptionalParameter = Parameter(zeros(num_channels, dtype=dtype)) if affine and bias else None

    def reset_parameters(self) -> None:
        """Set weight to 1 and bias to 0."""
        _reset(self.weight, self.bias)

    def forward(self, input: Tensor) -> Tensor:
        check_dtype(self, input, self.weight)
        return group_norm(input, self.num_groups, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        return f"{self.num_groups}, {self.num_channels}, eps={self.eps}, affine={self.affine}, bias={self.bias is not None}"


def _reset(weight: OptionalParameter, bias: OptionalParameter = None) -> None:
    if weight is not None:
        init.ones_(weight)
    if bias is not None:
        init.zeros_(bias)


def _shape(layer: Module, normalized_shape: int | Sequence[int]) -> tuple[int, ...]:
    check_sizes(layer, normalized_shape=normalized_shape)
    return tuple(normalized_shape) if isinstance(normalized_shape, Sequence) else (int(normalized_shape),)
