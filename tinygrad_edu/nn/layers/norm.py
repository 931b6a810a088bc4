"""Normalisation: signals of mean 0 and variance 1, over the batch, over a layer, or over groups of channels."""

from __future__ import annotations

from typing import Any

from ...ops.creation import ones, tensor, zeros
from ...tensor import Tensor
from .. import functional as F
from .. import init
from ..errors import ShapeError, check_dtype, check_sizes
from ..module import Module
from ..parameter import Parameter

__all__ = ["BatchNorm1d", "BatchNorm2d", "GroupNorm", "LayerNorm", "RMSNorm"]


class _BatchNorm(Module):
    ndims: tuple[int, ...]  # the numbers of axes an input may have
    running_mean: Tensor | None
    running_var: Tensor | None
    num_batches_tracked: Any

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        *,
        device: Any = None,
        dtype: Any = None,
        bias: bool = True,
    ) -> None:
        super().__init__()
        check_sizes(self, num_features=num_features)
        self.num_features, self.eps, self.momentum = num_features, eps, momentum
        self.affine, self.track_running_stats = affine, track_running_stats
        self.weight = Parameter(ones(num_features, dtype=dtype, device=device)) if affine else None
        self.bias = Parameter(zeros(num_features, dtype=dtype)) if affine and bias else None
        tracked = track_running_stats
        self.register_buffer("running_mean", zeros(num_features, dtype=dtype) if tracked else None)
        self.register_buffer("running_var", ones(num_features, dtype=dtype) if tracked else None)
        self.register_buffer("num_batches_tracked", tensor(0) if tracked else None)

    def reset_running_stats(self) -> None:
        """Forget the running statistics: mean 0, variance 1."""
        if self.running_mean is not None and self.running_var is not None:
            self.running_mean.zero_()
            self.running_var.fill_(1)
            self.num_batches_tracked.zero_()

    def reset_parameters(self) -> None:
        """weight 1, bias 0, no running statistics."""
        self.reset_running_stats()
        if self.weight is not None:
            init.ones_(self.weight)
        if self.bias is not None:
            init.zeros_(self.bias)

    def forward(self, input: Tensor) -> Tensor:
        if input.ndim not in self.ndims:
            raise ShapeError(
                f"{self._get_name()}: expected {' or '.join(f'{n}D' for n in self.ndims)} input (got {input.ndim}D input)"
            )
        if input.shape[1] != self.num_features:
            raise ShapeError(f"{self._get_name()}: expected {self.num_features} channels in axis 1, got shape {input.shape}")
        check_dtype(self, input, self.weight if self.weight is not None else self.running_mean)
        momentum = self.momentum
        if self.training and self.running_mean is not None:
            self.num_batches_tracked.add_(1)
            if momentum is None:  # the plain average of all batches
                momentum = 1 / self.num_batches_tracked.item()
        return F.batch_norm(
            input,
            self.running_mean,
            self.running_var,
            self.weight,
            self.bias,
            self.training or self.running_mean is None,
            0.0 if momentum is None else momentum,
            self.eps,
        )

    def extra_repr(self) -> str:
        return (
            f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, affine={self.affine}, "
            f"bias={self.bias is not None}, track_running_stats={self.track_running_stats}"
        )


class BatchNorm1d(_BatchNorm):
    """Each feature standardised over the batch, then scaled and shifted: x [N, C] or [N, C, L].

    y = (x − mean) / √(var + eps) · weight + bias. In training mean and var are the batch's and running averages are kept:
    running ← (1 − momentum) · running + momentum · batch's; after eval() the running ones are used. momentum=None averages
    all batches equally.
    Source: Ioffe & Szegedy, Batch Normalization, 2015, arXiv:1502.03167.

    >>> import tinygrad_edu as tg
    >>> norm = tg.nn.BatchNorm1d(1)
    >>> norm(tg.tensor([[1.0], [2.0], [3.0]])).flatten()
    tensor([-1.2247,  0.0000,  1.2247], grad_fn=<ReshapeBackward0>)
    >>> norm.running_mean
    tensor([0.2000])
    """

    ndims = (2, 3)


class BatchNorm2d(_BatchNorm):
    """Each channel standardised over the batch and the image, then scaled and shifted: x [N, C, H, W]; see BatchNorm1d."""

    ndims = (4,)


class LayerNorm(Module):
    """Each sample standardised over its last axes, then scaled and shifted.

    y = (x − mean) / √(var + eps) · weight + bias, over the axes whose sizes are normalized_shape.
    Source: Ba et al., Layer Normalization, 2016, arXiv:1607.06450.

    >>> import tinygrad_edu as tg
    >>> tg.nn.LayerNorm(3)(tg.tensor([1.0, 2.0, 3.0])).detach()
    tensor([-1.2247,  0.0000,  1.2247])
    """

    def __init__(
        self,
        normalized_shape: Any,
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
        *,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.normalized_shape = _shape(self, normalized_shape)
        self.eps, self.elementwise_affine = eps, elementwise_affine
        self.weight = Parameter(ones(self.normalized_shape, dtype=dtype, device=device)) if elementwise_affine else None
        self.bias = Parameter(zeros(self.normalized_shape, dtype=dtype)) if elementwise_affine and bias else None

    def forward(self, input: Tensor) -> Tensor:
        check_dtype(self, input, self.weight)
        return F.layer_norm(input, self.normalized_shape, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        affine, bias = self.elementwise_affine, self.bias is not None
        return f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={affine}, bias={bias}"


class RMSNorm(Module):
    """Each sample divided by the root of its mean square over the last axes, then scaled; eps is the machine's by default.

    Source: Zhang & Sennrich, Root Mean Square Layer Normalization, 2019, arXiv:1910.07467.
    """

    def __init__(
        self,
        normalized_shape: Any,
        eps: float | None = None,
        elementwise_affine: bool = True,
        *,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.normalized_shape = _shape(self, normalized_shape)
        self.eps, self.elementwise_affine = eps, elementwise_affine
        self.weight = Parameter(ones(self.normalized_shape, dtype=dtype, device=device)) if elementwise_affine else None

    def forward(self, input: Tensor) -> Tensor:
        check_dtype(self, input, self.weight)
        return F.rms_norm(input, self.normalized_shape, self.weight, self.eps)

    def extra_repr(self) -> str:
        return f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}"


class GroupNorm(Module):
    """Each sample standardised over groups of its channels, then scaled and shifted for each channel: x [N, C, …].

    num_groups=1 is LayerNorm over channels and space, num_groups=C instance normalisation.
    """

    def __init__(
        self,
        num_groups: int,
        num_channels: int,
        eps: float = 1e-5,
        affine: bool = True,
        *,
        device: Any = None,
        dtype: Any = None,
        bias: bool = True,
    ) -> None:
        super().__init__()
        check_sizes(self, num_groups=num_groups, num_channels=num_channels)
        if num_groups == 0 or num_channels % num_groups:
            raise ValueError(f"num_channels ({num_channels}) must be divisible by num_groups ({num_groups})")
        self.num_groups, self.num_channels, self.eps, self.affine = num_groups, num_channels, eps, affine
        self.weight = Parameter(ones(num_channels, dtype=dtype, device=device)) if affine else None
        self.bias = Parameter(zeros(num_channels, dtype=dtype)) if affine and bias else None

    def forward(self, input: Tensor) -> Tensor:
        check_dtype(self, input, self.weight)
        return F.group_norm(input, self.num_groups, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        return f"{self.num_groups}, {self.num_channels}, eps={self.eps}, affine={self.affine}, bias={self.bias is not None}"


def _shape(layer: Module, normalized_shape: Any) -> tuple[int, ...]:
    check_sizes(layer, normalized_shape=normalized_shape)
    return tuple(normalized_shape) if isinstance(normalized_shape, (tuple, list)) else (int(normalized_shape),)
