"""Names for annotations and checks: `torch.types.Device`, `nn.Buffer`, `get_worker_info`."""

from __future__ import annotations

from typing import Any, TypeAlias

from .._tensor import Tensor

Device: TypeAlias = Any
Number: TypeAlias = "int | float | bool"


def Buffer(data: Tensor, *, persistent: bool = True) -> Tensor:
    """Raise TypeError: a buffer is registered with register_buffer, not by assignment."""
    raise TypeError(
        "nn.Buffer: write self.register_buffer(name, tensor, persistent=…) instead of self.name = nn.Buffer(tensor)"
    )


def get_worker_info() -> None:
    """None: samples are read in this process."""
