"""Pooling: windows of an image or a sequence are reduced to one number each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ... import ops
from ..._tensor import Tensor
from ..module import Module
from .conv import per_axis

__all__ = [
    "AdaptiveAvgPool1d",
    "AdaptiveAvgPool2d",
    "AdaptiveMaxPool1d",
    "AdaptiveMaxPool2d",
    "AvgPool1d",
    "AvgPool2d",
    "MaxPool1d",
    "MaxPool2d",
    "MaxUnpool1d",
    "MaxUnpool2d",
]


class _MaxPool(Module):
    function: Callable[..., Any]

    def __init__(
        self,
        kernel_size: int | Sequence[int],
        stride: int | Sequence[int] | None = None,
        padding: int | Sequence[int] = 0,
        dilation: int | Sequence[int] = 1,
        return_indices: bool = False,
        ceil_mode: bool = False,
    ) -> None:
        super().__init__()
        self.kernel_size, self.stride = kernel_size, kernel_size if stride is None else stride
        self.padding, self.dilation, self.return_indices, self.ceil_mode = padding, dilation, return_indices, ceil_mode

    def forward(self, input: Tensor) -> Tensor | Any:  # Any: with return_indices, a pair
        return self.function(
            input, self.kernel_size, self.stride, self.padding, self.dilation, self.ceil_mode, self.return_indices
        )

    def extra_repr(self) -> str:
        return (
            f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}, dilation={self.dilation}, "
            f"ceil_mode={self.ceil_mode}"
        )


class MaxPool1d(_MaxPool):
    """The maximum of each window: [N, C, L] -> [N, C, L']; stride defaults to the kernel size.

    return_indices=True returns (y, indices), for MaxUnpool1d.

    >>> import tinygrad_edu as tg
    >>> tg.nn.MaxPool1d(2)(tg.tensor([[1.0, 5.0, 2.0, 3.0]]))
    tensor([[5., 3.]])
    """

    function = staticmethod(ops.max_pool1d)


class MaxPool2d(_MaxPool):
    """The maximum of each window: [N, C, H, W] -> [N, C, H', W']; stride defaults to the kernel size.

    H' = ⌊(H + 2 padding − dilation (kernel_size − 1) − 1) / stride⌋ + 1; with ceil_mode, the quotient is rounded up,
    but no window starts in the padding at the end.
    return_indices=True returns (y, indices), for MaxUnpool2d.

    >>> import tinygrad_edu as tg
    >>> tg.nn.MaxPool2d(2)(tg.zeros(1, 3, 8, 8)).shape
    (1, 3, 4, 4)
    """

    function = staticmethod(ops.max_pool2d)


class _MaxUnpool(Module):
    n: int
    function: Callable[..., Any]

    def __init__(
        self, kernel_size: int | Sequence[int], stride: int | Sequence[int] | None = None, padding: int | Sequence[int] = 0
    ) -> None:
        super().__init__()
        self.kernel_size = per_axis(kernel_size, self.n)
        self.stride = self.kernel_size if stride is None else per_axis(stride, self.n)
        self.padding = per_axis(padding, self.n)

    def forward(self, input: Tensor, indices: Tensor, output_size: Any = None) -> Tensor:
        y: Tensor = self.function(input, indices, self.kernel_size, self.stride, self.padding, output_size)
        return y

    def extra_repr(self) -> str:
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class MaxUnpool1d(_MaxUnpool):
    """A partial inverse of MaxPool1d: the maxima at their original positions, 0 elsewhere."""

    n = 1
    function = staticmethod(ops.max_unpool1d)


class MaxUnpool2d(_MaxUnpool):
    """A partial inverse of MaxPool2d: the maxima at their original positions, 0 elsewhere.

    Source: Zeiler & Fergus, Visualizing and Understanding Convolutional Networks, 2013, arXiv:1311.2901.

    >>> import tinygrad_edu as tg
    >>> y, places = tg.nn.MaxPool2d(2, return_indices=True)(tg.arange(16.0).reshape(1, 4, 4))
    >>> tg.nn.MaxUnpool2d(2)(y, places)[0, 1]
    tensor([0., 5., 0., 7.])
    """

    n = 2
    function = staticmethod(ops.max_unpool2d)


class _AvgPool(Module):
    in_tuples = False

    def __init__(
        self,
        kernel_size: int | Sequence[int],
        stride: int | Sequence[int] | None = None,
        padding: int | Sequence[int] = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
    ) -> None:
        super().__init__()
        sizes: Any = kernel_size, kernel_size if stride is None else stride, padding
        self.kernel_size, self.stride, self.padding = [per_axis(size, 1) for size in sizes] if self.in_tuples else sizes
        self.ceil_mode, self.count_include_pad = ceil_mode, count_include_pad

    def extra_repr(self) -> str:
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class AvgPool1d(_AvgPool):
    """The mean of each window: [N, C, L] -> [N, C, L']; stride defaults to the kernel size."""

    in_tuples = True  # PyTorch's AvgPool1d stores and prints tuples

    def forward(self, input: Tensor) -> Tensor:
        return ops.avg_pool1d(input, self.kernel_size, self.stride, self.padding, self.ceil_mode, self.count_include_pad)


class AvgPool2d(_AvgPool):
    """The mean of each window: [N, C, H, W] -> [N, C, H', W']; count_include_pad=False excludes padding from the mean.

    >>> import tinygrad_edu as tg
    >>> tg.nn.AvgPool2d(2)(tg.tensor([[[1.0, 2.0], [3.0, 6.0]]]))
    tensor([[[3.]]])
    """

    def __init__(
        self,
        kernel_size: int | Sequence[int],
        stride: int | Sequence[int] | None = None,
        padding: int | Sequence[int] = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
        divisor_override: int | None = None,
    ) -> None:
        super().__init__(kernel_size, stride, padding, ceil_mode, count_include_pad)
        self.divisor_override = divisor_override

    def forward(self, input: Tensor) -> Tensor:
        return ops.avg_pool2d(
            input, self.kernel_size, self.stride, self.padding, self.ceil_mode, self.count_include_pad, self.divisor_override
        )


class _Adaptive(Module):
    def __init__(self, output_size: int | Sequence[int] | None) -> None:
        super().__init__()
        self.output_size = output_size

    def extra_repr(self) -> str:
        return f"output_size={self.output_size}"


class AdaptiveAvgPool1d(_Adaptive):
    """The mean of each of output_size cells, for inputs of any length: [N, C, L] -> [N, C, output_size]."""

    def forward(self, input: Tensor) -> Tensor:
        return ops.adaptive_avg_pool1d(input, self.output_size)


class AdaptiveAvgPool2d(_Adaptive):
    """The mean of each of output_size cells, for images of any size: [N, C, H, W] -> [N, C, *output_size].

    output_size=1 gives the global mean.

    >>> import tinygrad_edu as tg
    >>> tg.nn.AdaptiveAvgPool2d(1)(tg.ones(2, 3, 7, 5)).shape
    (2, 3, 1, 1)
    """

    def forward(self, input: Tensor) -> Tensor:
        return ops.adaptive_avg_pool2d(input, self.output_size)


class AdaptiveMaxPool1d(_Adaptive):
    """The maximum of each of output_size cells: [N, C, L] -> [N, C, output_size]."""

    def forward(self, input: Tensor) -> Tensor:
        return ops.adaptive_max_pool1d(input, self.output_size)


class AdaptiveMaxPool2d(_Adaptive):
    """The maximum of each of output_size cells: [N, C, H, W] -> [N, C, *output_size]."""

    def forward(self, input: Tensor) -> Tensor:
        return ops.adaptive_max_pool2d(input, self.output_size)
