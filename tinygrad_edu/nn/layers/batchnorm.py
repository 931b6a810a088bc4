"""Normalization over a batch or an image, per channel, with running statistics for eval().

Functions first, layers below.
"""

from __future__ import annotations

import math
from typing import Any

from ..._tensor import Tensor
from ...autograd.accurate_sum import add_up
from ...autograd.node import raw, snapshot
from ...autograd.user_line import warn_user
from ...ops import normalization
from ...ops.creation import ones, tensor, zeros
from ...ops.shape import reshape
from .. import init
from ..errors import ShapeError, check_dtype, check_sizes
from ..module import Module
from ..parameter import Parameter
from ..signatures import OptionalParameter

__all__ = ["BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "InstanceNorm1d", "InstanceNorm2d", "InstanceNorm3d"]


def along_channels(v: Any, ndim: int) -> Any:
    """A vector with one number per channel (or None), reshaped to broadcast against [N, C, …]."""
    return v if v is None or ndim == 2 else reshape(v, (-1,) + (1,) * (ndim - 2))


def affine(y: Any, weight: Any, bias: Any) -> Any:
    """y · weight + bias, with one weight and one bias per channel; either may be None."""
    if weight is not None:
        y = y * along_channels(weight, y.ndim)
    return y if bias is None else y + along_channels(bias, y.ndim)


def batch_norm(
    input: Any,
    running_mean: Any,
    running_var: Any,
    weight: Any = None,
    bias: Any = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Any:
    """(x − mean) / √(var + eps) · weight + bias per channel: input [N, C, …]; weight, bias and running statistics [C].

    training  True: use the mean and var of each channel's n values (var with divisor n), and update the running ones:
              running ← (1 − momentum) · running + momentum · batch statistic   (var with divisor n − 1)
              False: use running_mean and running_var
    """
    x = raw(input)
    if x.ndim < 2:
        raise ShapeError(f"batch_norm(): the input must have shape [N, C, …], got {x.shape}")
    if training:
        n = x.size // max(1, x.shape[1])
        if n == 0:  # nothing to average, and no statistics to update
            return affine(input * 1, weight, bias)
        if n == 1:
            raise ValueError(
                f"Expected more than 1 value per channel when training, got input size {x.shape}: drop_last=True omits an "
                "incomplete last batch; with several ranks, SyncBatchNorm uses the rows of all ranks"
            )
        mean, var = normalization.channel_moments(x)
        if running_mean is not None:
            running_mean.copy_((1 - momentum) * raw(running_mean) + momentum * mean)
            running_var.copy_((1 - momentum) * raw(running_var) + momentum * (var * (n / (n - 1))))
        return normalization.batch_norm(input, weight, bias, mean, var, eps=eps, of_batch=True)
    return _by_running(input, running_mean, running_var, weight, bias, eps)


def _by_running(input: Any, running_mean: Any, running_var: Any, weight: Any, bias: Any, eps: float) -> Any:
    mean, var = snapshot(running_mean), snapshot(running_var)  # a training step may change them before backward()
    return normalization.batch_norm(input, weight, bias, mean, var, eps=eps, of_batch=False)


def instance_norm(
    input: Any,
    running_mean: Any = None,
    running_var: Any = None,
    weight: Any = None,
    bias: Any = None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Any:
    """batch_norm for each sample separately: mean and var over all axes but the first two of input [N, C, …].

    running_mean and running_var, if given, are updated with the averages of mean and var over the samples;
    use_input_stats=False normalizes with running_mean and running_var instead.
    Source: Ulyanov et al., Instance Normalization, 2016, arXiv:1607.08022.
    """
    x = raw(input)
    if x.ndim < 3:
        raise ShapeError(
            f"instance_norm(): the input must have shape [N, C, L], [N, C, H, W] or [N, C, D, H, W], got {x.shape}"
        )
    if not use_input_stats:
        return _by_running(input, running_mean, running_var, weight, bias, eps)
    n = math.prod(x.shape[2:])
    if n == 1:
        raise ValueError(f"Expected more than 1 spatial element when training, got input size {x.shape}")
    if n == 0 or not len(x):
        return affine(input * 1, weight, bias)
    axes = tuple(range(2, x.ndim))
    if running_mean is not None:
        mean = add_up(x, axes, True) * (1 / n)
        off = x - mean
        var = add_up(off * off, axes) * (1 / (n - 1))
        running_mean.copy_((1 - momentum) * raw(running_mean) + momentum * mean.reshape(var.shape).mean(0))
        running_var.copy_((1 - momentum) * raw(running_var) + momentum * var.mean(0))
    return affine(normalization.standardize(input, axes, eps), weight, bias)


# --- layers ---


class _BatchNorm(Module):
    ndims: tuple[int, ...]  # the numbers of axes an input may have
    first_axis = "batch"  # the first axis of an input with the fewest axes
    running_mean: Tensor | None
    running_var: Tensor | None
    num_batches_tracked: Any
    function = staticmethod(batch_norm)

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__()
        check_sizes(self, num_features=num_features)
        self.num_features, self.eps, self.momentum = num_features, eps, momentum
        self.affine, self.track_running_stats = affine, track_running_stats
        self.weight: OptionalParameter = Parameter(ones(num_features, dtype=dtype, device=device)) if affine else None
        self.bias: OptionalParameter = Parameter(zeros(num_features, dtype=dtype)) if affine and bias else None
        tracked = track_running_stats
        self.register_buffer("running_mean", zeros(num_features, dtype=dtype) if tracked else None)
        self.register_buffer("running_var", ones(num_features, dtype=dtype) if tracked else None)
        self.register_buffer("num_batches_tracked", tensor(0) if tracked else None)

    def reset_running_stats(self) -> None:
        """Reset the running statistics: mean 0, variance 1."""
        if self.running_mean is not None and self.running_var is not None:
            self.running_mean.zero_()
            self.running_var.fill_(1)
            self.num_batches_tracked.zero_()

    def reset_parameters(self) -> None:
        """Set weight to 1 and bias to 0, and reset the running statistics."""
        self.reset_running_stats()
        if self.weight is not None:
            init.ones_(self.weight)
        if self.bias is not None:
            init.zeros_(self.bias)

    def _channel_axis(self, input: Tensor) -> int:
        """The axis of the channels; ShapeError if the number of axes is wrong."""
        if input.ndim not in self.ndims:
            raise ShapeError(
                f"{self._get_name()}: expected {' or '.join(f'{n}D' for n in self.ndims)} input (got {input.ndim}D input)"
                f"{f'; x[None] adds the {self.first_axis} axis' if input.ndim + 1 in self.ndims else ''}"
            )
        return 1

    def forward(self, input: Tensor) -> Tensor:
        axis = self._channel_axis(input)
        if input.shape[axis] != self.num_features:
            message = f"{self._get_name()}: expected {self.num_features} channels in axis {axis}, got shape {input.shape}"
            raise ShapeError(message, (input.shape, {axis - input.ndim}))
        check_dtype(self, input, self.weight if self.weight is not None else self.running_mean)
        momentum = self.momentum
        if self.training and self.running_mean is not None:
            self.num_batches_tracked.add_(1)
            if momentum is None:  # all batches weigh the same
                momentum = 1 / self.num_batches_tracked.item()
        return self.function(
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
    """Standardize each feature over the batch, then scale and shift it: x [N, C] or [N, C, L].

    y = (x − mean) / √(var + eps) · weight + bias. In training, mean and var are those of the batch, and running averages
    are kept: running ← (1 − momentum) · running + momentum · batch statistic; eval() uses the running averages instead.
    momentum=None weights all batches equally; affine=False omits weight and bias; track_running_stats=False uses the batch
    in eval() too.
    Source: Ioffe & Szegedy, Batch Normalization, 2015, arXiv:1502.03167.

    >>> import tinygrad_edu as tg
    >>> norm = tg.nn.BatchNorm1d(1)
    >>> norm(tg.tensor([[1.0], [2.0], [3.0]])).flatten()
    tensor([-1.2247,  0.0000,  1.2247], grad_fn=<ViewBackward0>)
    >>> norm.running_mean
    tensor([0.2000])
    """

    ndims = (2, 3)


class BatchNorm2d(_BatchNorm):
    """Standardize each channel over the batch and the image, then scale and shift it: x [N, C, H, W]; see BatchNorm1d.

    >>> import tinygrad_edu as tg
    >>> tg.nn.BatchNorm2d(3)(tg.zeros(2, 3, 4, 4)).shape
    (2, 3, 4, 4)
    """

    ndims = (4,)


class BatchNorm3d(_BatchNorm):
    """Standardize each channel over the batch and the volume, then scale and shift it: x [N, C, D, H, W]; see BatchNorm1d."""

    ndims = (5,)


class _InstanceNorm(_BatchNorm):
    first_axis = "channel"

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = False,
        track_running_stats: bool = False,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(num_features, eps, momentum, affine, track_running_stats, device=device, dtype=dtype, bias=bias)

    def _channel_axis(self, input: Tensor) -> int:
        super()._channel_axis(input)
        return input.ndim - self.ndims[0]  # 1, or 0 without a batch

    def forward(self, input: Tensor) -> Tensor:
        axis = self._channel_axis(input)
        if input.shape[axis] != self.num_features:
            message = f"{self._get_name()}: expected {self.num_features} channels in axis {axis}, got shape {input.shape}"
            if self.affine or self.running_mean is not None:
                raise ShapeError(message, (input.shape, {axis - input.ndim}))
            warn_user(f"{message}; without affine=True or track_running_stats=True, the number of channels does not matter")
        check_dtype(self, input, self.weight if self.weight is not None else self.running_mean)
        y: Tensor = instance_norm(
            input if axis else input.unsqueeze(0),
            self.running_mean,
            self.running_var,
            self.weight,
            self.bias,
            self.training or not self.track_running_stats,
            0.0 if self.momentum is None else self.momentum,
            self.eps,
        )
        return y if axis else y.squeeze(0)


class InstanceNorm1d(_InstanceNorm):
    """Standardize each channel of each sample over its length: x [N, C, L] or [C, L]; affine=True scales and shifts it.

    Source: Ulyanov et al., Instance Normalization, 2016, arXiv:1607.08022.
    """

    ndims = (2, 3)


class InstanceNorm2d(_InstanceNorm):
    """Standardize each channel of each image: x [N, C, H, W] or [C, H, W]; see InstanceNorm1d."""

    ndims = (3, 4)


class InstanceNorm3d(_InstanceNorm):
    """Standardize each channel of each volume: x [N, C, D, H, W] or [C, D, H, W]; see InstanceNorm1d."""

    ndims = (4, 5)
