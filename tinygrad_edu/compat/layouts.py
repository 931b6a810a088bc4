"""Memory formats and layouts: accepted as arguments, without effect on the order of elements in memory."""

from __future__ import annotations


class _Name:
    def __init__(self, name: str) -> None:
        self._name = name

    def __repr__(self) -> str:
        return f"tinygrad_edu.{self._name}"


class memory_format(_Name):  # noqa: N801 - PyTorch's name
    """The order of a tensor's elements in memory: accepted where PyTorch accepts it, without effect."""


class layout(_Name):  # noqa: N801 - PyTorch's name
    """How a tensor is stored: always strided."""


preserve_format, contiguous_format = memory_format("preserve_format"), memory_format("contiguous_format")
channels_last, channels_last_3d = memory_format("channels_last"), memory_format("channels_last_3d")
strided = layout("strided")
