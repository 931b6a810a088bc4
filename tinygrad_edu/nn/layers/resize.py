"""Layers that change the size of sequences and images: padding, upsampling and pixel shuffling."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..._tensor import Tensor
from ...ops.axis_order import permute
from ...ops.padding import pad
from ...ops.resize import interpolate
from ...ops.shape import reshape
from ..diagnostics.call_arguments import explained
from ..errors import ShapeError
from ..module import Module
from .function_layer import FunctionLayer

__all__ = [
    "CircularPad1d",
    "CircularPad2d",
    "ConstantPad1d",
    "ConstantPad2d",
    "PixelShuffle",
    "PixelUnshuffle",
    "ReflectionPad1d",
    "ReflectionPad2d",
    "ReplicationPad1d",
    "ReplicationPad2d",
    "Upsample",
    "UpsamplingBilinear2d",
    "UpsamplingNearest2d",
    "ZeroPad1d",
    "ZeroPad2d",
]


# --- padding ---


class _Pad(Module):
    n: int
    mode = "constant"

    def __init__(self, padding: int | Sequence[int]) -> None:
        super().__init__()
        self.padding = (padding,) * (2 * self.n) if isinstance(padding, int) else tuple(padding)
        if len(self.padding) != 2 * self.n:
            raise ValueError(
                f"{self._get_name()}: padding must be an int or a sequence of length {2 * self.n}, got {padding!r}"
            )

    def forward(self, input: Tensor) -> Tensor:
        return pad(input, self.padding, self.mode)

    def extra_repr(self) -> str:
        return f"{self.padding}"


class ConstantPad1d(_Pad):
    """Pad the last axis with `value`: padding is one number for both ends, or (left, right)."""

    n = 1

    def __init__(self, padding: int | Sequence[int], value: float) -> None:
        super().__init__(padding)
        self.value = value

    def forward(self, input: Tensor) -> Tensor:
        return pad(input, self.padding, self.mode, self.value)

    def extra_repr(self) -> str:
        return f"padding={self.padding}, value={self.value}"


class ConstantPad2d(ConstantPad1d):
    """Pad images with `value`: padding is one number for all sides, or (left, right, top, bottom)."""

    n = 2


class ZeroPad1d(_Pad):
    """Pad the last axis with zeros: padding is one number for both ends, or (left, right)."""

    n = 1


class ZeroPad2d(_Pad):
    """Pad images with zeros: padding is one number for all sides, or (left, right, top, bottom).

    >>> import tinygrad_edu as tg
    >>> tg.nn.ZeroPad2d((1, 0, 0, 1))(tg.ones(1, 1, 2))
    tensor([[[0., 1., 1.],
             [0., 0., 0.]]])
    """

    n = 2


class ReflectionPad1d(_Pad):
    """Reflect the sequence at its ends, without repeating them: padding is one number, or (left, right)."""

    n, mode = 1, "reflect"


class ReflectionPad2d(_Pad):
    """Reflect the image at its edges, without repeating them: padding is one number, or (left, right, top, bottom)."""

    n, mode = 2, "reflect"


class ReplicationPad1d(_Pad):
    """Repeat the ends of the sequence: padding is one number, or (left, right)."""

    n, mode = 1, "replicate"


class ReplicationPad2d(_Pad):
    """Repeat the edges of the image: padding is one number, or (left, right, top, bottom)."""

    n, mode = 2, "replicate"


class CircularPad1d(_Pad):
    """Continue the sequence from its other end: padding is one number, or (left, right)."""

    n, mode = 1, "circular"


class CircularPad2d(_Pad):
    """Continue the image from its opposite side: padding is one number, or (left, right, top, bottom)."""

    n, mode = 2, "circular"


# --- upsampling ---


class Upsample(Module):
    """Resize sequences and images to `size`, or by scale_factor: [N, C, H, W] -> [N, C, H', W'].

    mode           "nearest", "nearest-exact", "area", "linear" (sequences) or "bilinear" (images)
    align_corners  whether the corner points of both grids coincide ("linear" and "bilinear")

    >>> import tinygrad_edu as tg
    >>> tg.nn.Upsample(scale_factor=2)(tg.tensor([[[1.0, 2.0]]]))
    tensor([[[1., 1., 2., 2.]]])
    """

    def __init__(
        self,
        size: int | Sequence[int] | None = None,
        scale_factor: float | Sequence[float] | None = None,
        mode: str = "nearest",
        align_corners: bool | None = None,
        recompute_scale_factor: bool | None = None,
    ) -> None:
        super().__init__()
        self.size, self.mode, self.align_corners = size, mode, align_corners
        self.scale_factor: Any = None
        if isinstance(scale_factor, Sequence):
            self.scale_factor = tuple(float(factor) for factor in scale_factor)
        elif scale_factor is not None:
            self.scale_factor = float(scale_factor)
        self.recompute_scale_factor = recompute_scale_factor

    def forward(self, input: Tensor) -> Tensor:
        return interpolate(
            input,
            self.size,
            self.scale_factor,
            self.mode,
            self.align_corners,
            recompute_scale_factor=self.recompute_scale_factor,
        )

    def extra_repr(self) -> str:
        by = f"size={self.size!r}" if self.scale_factor is None else f"scale_factor={self.scale_factor!r}"
        return f"{by}, mode={self.mode!r}"


class UpsamplingNearest2d(Upsample):
    """Upsample with mode="nearest"."""

    def __init__(self, size: int | Sequence[int] | None = None, scale_factor: float | Sequence[float] | None = None) -> None:
        super().__init__(size, scale_factor)


class UpsamplingBilinear2d(Upsample):
    """Upsample with mode="bilinear" and align_corners=True."""

    def __init__(self, size: int | Sequence[int] | None = None, scale_factor: float | Sequence[float] | None = None) -> None:
        super().__init__(size, scale_factor, "bilinear", True)


@explained
def pixel_shuffle(input: Any, upscale_factor: int) -> Any:
    """Rearrange each pixel's channels into r × r pixels, r = upscale_factor: [..., C·r², H, W] -> [..., C, H·r, W·r].

    >>> import tinygrad_edu as tg
    >>> tg.nn.functional.pixel_shuffle(tg.arange(4.0).reshape(4, 1, 1), 2)
    tensor([[[0., 1.],
             [2., 3.]]])
    """
    r = upscale_factor
    if input.ndim < 3 or r < 1 or input.shape[-3] % (r * r):
        raise ShapeError(f"pixel_shuffle(): axis -3 must be a multiple of upscale_factor² = {r * r}, got shape {input.shape}")
    *lead, c, h, w = input.shape
    n = len(lead)
    y = reshape(input, (*lead, c // (r * r), r, r, h, w))
    y = permute(y, (*range(n + 1), n + 3, n + 1, n + 4, n + 2))  # [..., C, H, r, W, r]
    return reshape(y, (*lead, c // (r * r), h * r, w * r))


@explained
def pixel_unshuffle(input: Any, downscale_factor: int) -> Any:
    """The inverse of pixel_shuffle: [..., C, H·r, W·r] -> [..., C·r², H, W], r = downscale_factor."""
    r = downscale_factor
    if input.ndim < 3 or r < 1 or input.shape[-2] % r or input.shape[-1] % r:
        raise ShapeError(f"pixel_unshuffle(): height and width must be multiples of downscale_factor={r}, got {input.shape}")
    *lead, c, h, w = input.shape
    n = len(lead)
    y = reshape(input, (*lead, c, h // r, r, w // r, r))
    y = permute(y, (*range(n + 1), n + 2, n + 4, n + 1, n + 3))  # [..., C, r, r, H, W]
    return reshape(y, (*lead, c * r * r, h // r, w // r))


class PixelShuffle(FunctionLayer):
    """Rearrange each pixel's channels into r × r pixels, r = upscale_factor: [..., C·r², H, W] -> [..., C, H·r, W·r].

    Source: Shi et al., Real-Time Single Image and Video Super-Resolution, 2016, arXiv:1609.05158.
    """

    function = staticmethod(pixel_shuffle)
    settings = ("upscale_factor",)

    def __init__(self, upscale_factor: int) -> None:
        super().__init__()
        self.upscale_factor = upscale_factor


class PixelUnshuffle(FunctionLayer):
    """The inverse of PixelShuffle: [..., C, H·r, W·r] -> [..., C·r², H, W], r = downscale_factor."""

    function = staticmethod(pixel_unshuffle)
    settings = ("downscale_factor",)

    def __init__(self, downscale_factor: int) -> None:
        super().__init__()
        self.downscale_factor = downscale_factor
