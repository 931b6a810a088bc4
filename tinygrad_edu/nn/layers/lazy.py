"""Lazy layers: the number of inputs is taken from the first input."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..._tensor import Tensor
from ...autograd.mutation_clock import mark_changed
from ..errors import ShapeError
from ..lazy_parameter import UninitializedParameter
from ..module import Module
from ..parameter import Parameter
from .batchnorm import BatchNorm1d, BatchNorm2d, BatchNorm3d, InstanceNorm1d, InstanceNorm2d, InstanceNorm3d
from .conv import Conv1d, Conv2d, Conv3d, ConvTranspose1d, ConvTranspose2d, ConvTranspose3d
from .linear import Linear

__all__ = [
    "LazyBatchNorm1d", "LazyBatchNorm2d", "LazyBatchNorm3d", "LazyConv1d", "LazyConv2d", "LazyConv3d", "LazyConvTranspose1d",
    "LazyConvTranspose2d", "LazyConvTranspose3d", "LazyInstanceNorm1d", "LazyInstanceNorm2d", "LazyInstanceNorm3d",
    "LazyLinear",
]  # fmt: skip


class _Lazy(Module):
    """Mixin, listed before the layer class; the first call changes the object's class to that one."""

    becomes: type[Module]
    inputs: str  # the attribute determined by the first input

    def _go_lazy(self) -> None:
        """Replace the parameters, which were created for 0 inputs, with ones that have no shape."""
        for name, p in list(self._own(Parameter)):
            setattr(self, name, UninitializedParameter(p))

    def _count(self, input: Tensor) -> int:
        raise NotImplementedError

    def _shapes(self) -> dict[str, tuple[int, ...]]:
        raise NotImplementedError

    def forward(self, input: Tensor) -> Any:
        setattr(self, self.inputs, self._count(input))
        fresh = False
        for name, shape in self._shapes().items():
            p = self.__dict__[name]
            if isinstance(p, UninitializedParameter):
                p.materialize(shape)
                fresh = True
        self.__class__ = self.becomes  # type: ignore[assignment]  # changing the class is intended
        if fresh:  # otherwise, keep the weights that load_state_dict loaded
            self.reset_parameters()
        return self.forward(input)

    def reset_parameters(self) -> None:
        """Do nothing: before the first call, there is nothing to initialize."""


class LazyLinear(_Lazy, Linear):
    """Linear with in_features taken from the last axis of its first input; an optimizer may be created before the first call.

    >>> import tinygrad_edu as tg
    >>> layer = tg.nn.LazyLinear(2)
    >>> layer
    LazyLinear(in_features=0, out_features=2, bias=True)
    >>> layer(tg.ones(1, 5)).shape
    (1, 2)
    >>> layer
    Linear(in_features=5, out_features=2, bias=True)
    """

    becomes, inputs = Linear, "in_features"

    def __init__(self, out_features: int, bias: bool = True, device: Any = None, dtype: Any = None) -> None:
        super().__init__(0, out_features, bias, device=device, dtype=dtype)
        self._go_lazy()

    def _count(self, input: Tensor) -> int:
        if input.ndim == 0:
            raise ShapeError(f"LazyLinear: the input must have shape [..., in_features], got {input.shape}")
        return input.shape[-1]

    def _shapes(self) -> dict[str, tuple[int, ...]]:
        return {"weight": (self.out_features, self.in_features)} | ({} if self.bias is None else {"bias": (self.out_features,)})


class _LazyConv(_Lazy):
    n: int
    out_channels: int
    bias: Any

    def __init__(self, out_channels: int, kernel_size: int | Sequence[int], *args: Any, **kwargs: Any) -> None:
        super().__init__(0, out_channels, kernel_size, *args, **kwargs)  # type: ignore[call-arg]  # the convolution's __init__
        self._go_lazy()

    def _count(self, input: Tensor) -> int:
        if input.ndim not in (self.n + 1, self.n + 2):
            raise ShapeError(
                f"{self._get_name()}: Expected {self.n + 1}D (unbatched) or {self.n + 2}D (batched) input, got {input.shape}"
            )
        return input.shape[-self.n - 1]

    def _shapes(self) -> dict[str, tuple[int, ...]]:
        weight = self._weight_shape()
        return {"weight": weight} | ({} if self.bias is None else {"bias": (self.out_channels,)})


class LazyConv1d(_LazyConv, Conv1d):
    """Conv1d with in_channels taken from its first input."""

    becomes, inputs = Conv1d, "in_channels"


class LazyConv2d(_LazyConv, Conv2d):
    """Conv2d with in_channels taken from its first input."""

    becomes, inputs = Conv2d, "in_channels"


class LazyConv3d(_LazyConv, Conv3d):
    """Conv3d with in_channels taken from its first input."""

    becomes, inputs = Conv3d, "in_channels"


class LazyConvTranspose1d(_LazyConv, ConvTranspose1d):  # type: ignore[misc]  # its forward also takes output_size
    """ConvTranspose1d with in_channels taken from its first input."""

    becomes, inputs = ConvTranspose1d, "in_channels"


class LazyConvTranspose2d(_LazyConv, ConvTranspose2d):  # type: ignore[misc]  # its forward also takes output_size
    """ConvTranspose2d with in_channels taken from its first input."""

    becomes, inputs = ConvTranspose2d, "in_channels"


class LazyConvTranspose3d(_LazyConv, ConvTranspose3d):  # type: ignore[misc]  # its forward also takes output_size
    """ConvTranspose3d with in_channels taken from its first input."""

    becomes, inputs = ConvTranspose3d, "in_channels"


class _LazyNorm(_Lazy):
    _channel_axis: Any  # the norm's
    num_features: int
    weight: Any
    bias: Any

    def __init__(
        self,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(0, eps, momentum, affine, track_running_stats, device, dtype, bias=bias)  # type: ignore[call-arg]  # the norm's
        self._go_lazy()

    def _count(self, input: Tensor) -> int:
        return input.shape[self._channel_axis(input)]

    def _shapes(self) -> dict[str, tuple[int, ...]]:
        for name, start in (("running_mean", 0), ("running_var", 1)):
            buffer = self.__dict__.get(name)
            if buffer is not None and buffer.shape != (self.num_features,):
                buffer._data = np.full(self.num_features, start, buffer.dtype)
                mark_changed(buffer)
        return {name: (self.num_features,) for name in ("weight", "bias") if self.__dict__[name] is not None}


class LazyBatchNorm1d(_LazyNorm, BatchNorm1d):
    """BatchNorm1d with num_features taken from its first input."""

    becomes, inputs = BatchNorm1d, "num_features"


class LazyBatchNorm2d(_LazyNorm, BatchNorm2d):
    """BatchNorm2d with num_features taken from its first input.

    >>> import tinygrad_edu as tg
    >>> norm = tg.nn.LazyBatchNorm2d()
    >>> norm(tg.zeros(2, 3, 4, 4)).shape, norm.num_features
    ((2, 3, 4, 4), 3)
    """

    becomes, inputs = BatchNorm2d, "num_features"


class LazyBatchNorm3d(_LazyNorm, BatchNorm3d):
    """BatchNorm3d with num_features taken from its first input."""

    becomes, inputs = BatchNorm3d, "num_features"


class LazyInstanceNorm1d(_LazyNorm, InstanceNorm1d):
    """InstanceNorm1d with num_features taken from its first input."""

    becomes, inputs = InstanceNorm1d, "num_features"


class LazyInstanceNorm2d(_LazyNorm, InstanceNorm2d):
    """InstanceNorm2d with num_features taken from its first input."""

    becomes, inputs = InstanceNorm2d, "num_features"


class LazyInstanceNorm3d(_LazyNorm, InstanceNorm3d):
    """InstanceNorm3d with num_features taken from its first input."""

    becomes, inputs = InstanceNorm3d, "num_features"
