"""Layers that rearrange their input."""

from __future__ import annotations

from collections.abc import Sequence

from ..._tensor import Tensor
from ...ops.shape import flatten, unflatten
from ...ops.window import unfold
from ..module import Module

__all__ = ["Flatten", "Unflatten", "Unfold"]


class Flatten(Module):
    """Flatten axes start_dim to end_dim into one: [N, C, H, W] -> [N, C·H·W].

    >>> import tinygrad_edu as tg
    >>> tg.nn.Flatten()(tg.zeros(5, 8, 8)).shape
    (5, 64)
    """

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        super().__init__()
        self.start_dim, self.end_dim = start_dim, end_dim

    def forward(self, input: Tensor) -> Tensor:
        return flatten(input, self.start_dim, self.end_dim)

    def extra_repr(self) -> str:
        return f"start_dim={self.start_dim}, end_dim={self.end_dim}"


class Unflatten(Module):
    """Split axis `dim` into several: the inverse of Flatten.

    >>> import tinygrad_edu as tg
    >>> tg.nn.Unflatten(1, (8, 8))(tg.zeros(5, 64)).shape
    (5, 8, 8)
    """

    def __init__(self, dim: int, unflattened_size: Sequence[int]) -> None:
        super().__init__()
        if not isinstance(unflattened_size, (tuple, list)) or not all(isinstance(n, int) for n in unflattened_size):
            raise TypeError(f"Unflatten: unflattened_size must be a tuple of ints, got {unflattened_size!r}")
        self.dim, self.unflattened_size = dim, tuple(unflattened_size)

    def forward(self, input: Tensor) -> Tensor:
        return unflatten(input, self.dim, self.unflattened_size)

    def extra_repr(self) -> str:
        return f"dim={self.dim}, unflattened_size={self.unflattened_size}"


class Unfold(Module):
    """The windows of an image as columns, which a convolution multiplies by its kernels: [N, C, H, W] -> [N, C·KH·KW, windows].

    >>> import tinygrad_edu as tg
    >>> tg.nn.Unfold(3, padding=1)(tg.zeros(1, 2, 4, 4)).shape
    (1, 18, 16)
    """

    def __init__(
        self,
        kernel_size: int | Sequence[int],
        dilation: int | Sequence[int] = 1,
        padding: int | Sequence[int] = 0,
        stride: int | Sequence[int] = 1,
    ) -> None:
        super().__init__()
        self.kernel_size, self.dilation, self.padding, self.stride = kernel_size, dilation, padding, stride

    def forward(self, input: Tensor) -> Tensor:
        y: Tensor = unfold(input, self.kernel_size, self.dilation, self.padding, self.stride)
        return y

    def extra_repr(self) -> str:
        return f"kernel_size={self.kernel_size}, dilation={self.dilation}, padding={self.padding}, stride={self.stride}"
