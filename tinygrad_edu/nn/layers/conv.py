"""Convolutions: a small kernel slides over a sequence, an image or a volume."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from ..._tensor import Tensor
from ...ops import convolution as ops
from ...ops.creation import empty
from ...ops.padding import pad
from .. import init
from ..errors import ShapeError, check_dtype, check_sizes
from ..module import Module
from ..parameter import Parameter
from ..signatures import OptionalParameter

__all__ = ["Conv1d", "Conv2d", "Conv3d", "ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d"]

PADDING_MODES = ("zeros", "reflect", "replicate", "circular")


def per_axis(value: Any, n: int) -> Any:
    """`value` as a tuple: a number is repeated for each of n axes; strings are returned unchanged."""
    return value if isinstance(value, str) else tuple(value) if isinstance(value, (tuple, list)) else (value,) * n


class _Conv(Module):
    n: int  # number of spatial axes
    transposed = False
    output_padding: tuple[int, ...] = (0,)

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any,
        padding: Any,
        dilation: Any,
        groups: int,
        bias: bool,
        padding_mode: str,
        device: Any,
        dtype: Any,
    ) -> None:
        super().__init__()
        check_sizes(self, in_channels=in_channels, out_channels=out_channels, kernel_size=kernel_size, groups=groups)
        if groups <= 0:
            raise ValueError(f"{self._get_name()}: groups must be a positive integer, got {groups}")
        for name, channels in (("in_channels", in_channels), ("out_channels", out_channels)):
            if channels % groups:
                raise ValueError(f"{self._get_name()}: {name} must be divisible by groups, got {channels} and {groups}")
        if isinstance(padding, str) and padding not in ("same", "valid"):
            raise ValueError(f"{self._get_name()}: Invalid padding string {padding!r}, should be one of 'same', 'valid'")
        if padding_mode not in PADDING_MODES:
            raise ValueError(
                f"{self._get_name()}: padding_mode must be one of {PADDING_MODES}, but got padding_mode={padding_mode!r}"
            )
        self.in_channels, self.out_channels, self.groups, self.padding_mode = in_channels, out_channels, groups, padding_mode
        self.kernel_size, self.stride = per_axis(kernel_size, self.n), per_axis(stride, self.n)
        self.padding, self.dilation = per_axis(padding, self.n), per_axis(dilation, self.n)
        if len(self.kernel_size) != self.n:
            raise ValueError(
                f"{self._get_name()}: kernel_size must be an int or a sequence of length {self.n}, got {kernel_size!r}"
            )
        self.weight = Parameter(empty(self._weight_shape(), dtype=dtype, device=device))
        self.bias: OptionalParameter = Parameter(empty(out_channels, dtype=dtype)) if bias else None
        self.reset_parameters()

    def _weight_shape(self) -> tuple[int, ...]:
        channels = (self.in_channels, self.out_channels) if self.transposed else (self.out_channels, self.in_channels)
        return (channels[0], channels[1] // self.groups, *self.kernel_size)

    def reset_parameters(self) -> None:
        """Draw new weights: weight first, then bias, both uniform in ±1/√fan_in."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            fan_in = math.prod(self.weight.shape[1:])
            if fan_in:
                init.uniform_(self.bias, -1 / math.sqrt(fan_in), 1 / math.sqrt(fan_in))

    def _check(self, input: Tensor) -> None:
        check_dtype(self, input, self.weight)
        if input.ndim not in (self.n + 1, self.n + 2) or input.shape[-self.n - 1] != self.in_channels:
            raise ShapeError(
                f"{self._get_name()}({self.in_channels}, {self.out_channels}): {self._fault(input.shape)}",
                (input.shape, {-self.n - 1}),
            )

    def _fault(self, shape: tuple[int, ...]) -> str:
        """PyTorch's description of what is wrong with an input's shape, with a suggestion."""
        axes, c = ", ".join(("L", "HW", "DHW")[self.n - 1]), self.in_channels
        hint = ""
        if len(shape) == self.n and c == 1:
            hint = "; x[None, None] adds the batch axis and the channel axis"
        elif len(shape) == self.n + 1 and c == 1:
            hint = "; x[:, None] adds the channel axis"
        elif len(shape) == self.n + 2 and shape[-1] == c:
            moved = ", ".join(map(str, (0, self.n + 1, *range(1, self.n + 1))))
            hint = f"; the channels come first: x.permute({moved})"
        if len(shape) not in (self.n + 1, self.n + 2):
            sizes = f"Expected {self.n + 1}D (unbatched) or {self.n + 2}D (batched) input"
            return f"{sizes}, [{c}, {axes}] or [N, {c}, {axes}], but got input of size: {list(shape)}{hint}"
        return (
            f"Given groups={self.groups}, weight of size {list(self.weight.shape)}, expected input{list(shape)} to have {c} "
            f"channels, but got {shape[-self.n - 1]} channels instead{hint}"
        )

    def extra_repr(self) -> str:
        text = f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"
        if self.padding != (0,) * self.n:
            text += f", padding={self.padding}"
        if self.dilation != (1,) * self.n:
            text += f", dilation={self.dilation}"
        if any(self.output_padding):
            text += f", output_padding={self.output_padding}"
        if self.groups != 1:
            text += f", groups={self.groups}"
        if self.bias is None:
            text += ", bias=False"
        if self.padding_mode != "zeros":
            text += f", padding_mode={self.padding_mode}"
        return text


class _Convolution(_Conv):
    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | Sequence[int],
        stride: int | Sequence[int] = 1,
        padding: str | int | Sequence[int] = 0,
        dilation: int | Sequence[int] = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(
            in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias, padding_mode, device, dtype
        )
        if padding == "same" and any(s != 1 for s in self.stride):
            raise ValueError(f"{self._get_name()}: padding='same' is not supported for strided convolutions")

    def _pads(self) -> tuple[int, ...]:
        """The padding before and after each axis, last axis first, as `pad` expects."""
        both = []
        for i in reversed(range(self.n)):
            if self.padding == "same":
                total = self.dilation[i] * (self.kernel_size[i] - 1)
                both += [total // 2, total - total // 2]
            else:
                both += [0, 0] if self.padding == "valid" else [self.padding[i]] * 2
        return tuple(both)

    def _convolve(self, function: Any, input: Tensor) -> Tensor:
        self._check(input)
        padding: Any = self.padding
        if self.padding_mode != "zeros":
            input, padding = pad(input, self._pads(), self.padding_mode), 0
        return function(input, self.weight, self.bias, self.stride, padding, self.dilation, self.groups)


class Conv1d(_Convolution):
    """y[n, o, i] = b[o] + Σ_c Σ_k x[n, c, i·stride + k·dilation − padding] w[o, c, k]

    x [N, in, L] -> y [N, out, L'], L' = ⌊(L + 2 padding − dilation (kernel_size − 1) − 1) / stride⌋ + 1.

    >>> import tinygrad_edu as tg
    >>> tg.nn.Conv1d(3, 8, kernel_size=5, padding=2)(tg.zeros(2, 3, 20)).shape
    (2, 8, 20)
    """

    n = 1

    def forward(self, input: Tensor) -> Tensor:
        return self._convolve(ops.conv1d, input)


class Conv2d(_Convolution):
    """Cross-correlation of images: y[n, o] = b[o] + Σ_c w[o, c] ⋆ x[n, c].

    x [N, in, H, W] -> y [N, out, H', W'], H' = ⌊(H + 2 padding − dilation (kernel_size − 1) − 1) / stride⌋ + 1;
    weight [out, in / groups, KH, KW]. Each of kernel_size, stride, padding and dilation is a number or a pair; stride > 1
    shrinks the output, padding ("same" keeps the size, "valid" adds none) is filled according to padding_mode ("zeros",
    "reflect", "replicate", "circular"), dilation spreads the kernel out, and groups splits the channels into independent
    convolutions.
    Source: LeCun et al., Gradient-Based Learning Applied to Document Recognition, 1998.

    >>> import tinygrad_edu as tg
    >>> tg.nn.Conv2d(3, 8, 3, padding=1)(tg.zeros(1, 3, 16, 16)).shape
    (1, 8, 16, 16)
    """

    n = 2

    def forward(self, input: Tensor) -> Tensor:
        return self._convolve(ops.conv2d, input)


class Conv3d(_Convolution):
    """Cross-correlation of volumes: x [N, in, D, H, W] -> y [N, out, D', H', W']; see Conv2d.

    >>> import tinygrad_edu as tg
    >>> tg.nn.Conv3d(1, 2, 3)(tg.zeros(1, 1, 5, 5, 5)).shape
    (1, 2, 3, 3, 3)
    """

    n = 3

    def forward(self, input: Tensor) -> Tensor:
        return self._convolve(ops.conv3d, input)


class _ConvTranspose(_Conv):
    transposed = True

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | Sequence[int],
        stride: int | Sequence[int] = 1,
        padding: int | Sequence[int] = 0,
        output_padding: int | Sequence[int] = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: int | Sequence[int] = 1,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        if padding_mode != "zeros":
            raise ValueError(f'Only "zeros" padding mode is supported for {self._get_name()}')
        super().__init__(
            in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias, padding_mode, device, dtype
        )
        self.output_padding = per_axis(output_padding, self.n)

    def _transpose(self, function: Any, input: Tensor, output_size: Any) -> Tensor:
        self._check(input)
        extra = self.output_padding if output_size is None else self._extra(input, tuple(output_size)[-self.n :])
        return function(input, self.weight, self.bias, self.stride, self.padding, extra, self.groups, self.dilation)

    def _extra(self, input: Tensor, wanted: tuple[int, ...]) -> tuple[int, ...]:
        """The output_padding for the output size `wanted`: a convolution maps `stride` different sizes to the same one."""
        axes = zip(input.shape[-self.n :], self.stride, self.padding, self.dilation, self.kernel_size, strict=True)
        least = tuple((m - 1) * s - 2 * p + d * (k - 1) + 1 for m, s, p, d, k in axes)
        most = tuple(m + s - 1 for m, s in zip(least, self.stride, strict=True))
        if len(wanted) != self.n or not all(a <= w <= b for a, w, b in zip(least, wanted, most, strict=True)):
            raise ValueError(
                f"{self._get_name()}: requested an output size of {wanted}, but valid sizes range from {least} to {most} "
                f"(for an input of {input.shape[-self.n :]})"
            )
        return tuple(w - a for w, a in zip(wanted, least, strict=True))


class ConvTranspose1d(_ConvTranspose):
    """The adjoint of Conv1d plus a bias: x [N, in, L] -> [N, out, L']; weight [in, out / groups, K].

    L' = (L − 1) stride − 2 padding + dilation (kernel_size − 1) + output_padding + 1.
    """

    n = 1

    def forward(self, input: Tensor, output_size: Any = None) -> Tensor:
        return self._transpose(ops.conv_transpose1d, input, output_size)


class ConvTranspose2d(_ConvTranspose):
    """The adjoint of Conv2d plus a bias, which enlarges images: x [N, in, H, W] -> y [N, out, H', W'].

    weight [in, out / groups, KH, KW];
    H' = (H − 1) stride − 2 padding + dilation (kernel_size − 1) + output_padding + 1. layer(x, output_size) chooses
    output_padding to produce that size.

    >>> import tinygrad_edu as tg
    >>> tg.nn.ConvTranspose2d(8, 3, kernel_size=4, stride=2, padding=1)(tg.zeros(2, 8, 7, 7)).shape
    (2, 3, 14, 14)
    """

    n = 2

    def forward(self, input: Tensor, output_size: Any = None) -> Tensor:
        return self._transpose(ops.conv_transpose2d, input, output_size)


class ConvTranspose3d(_ConvTranspose):
    """The adjoint of Conv3d plus a bias: x [N, in, D, H, W] -> y [N, out, D', H', W']; see ConvTranspose2d."""

    n = 3

    def forward(self, input: Tensor, output_size: Any = None) -> Tensor:
        return self._transpose(ops.conv_transpose3d, input, output_size)
