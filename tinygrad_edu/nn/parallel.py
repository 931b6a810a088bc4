"""PyTorch's address for DistributedDataParallel, which lives in tinygrad_edu.distributed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._shortcuts import load as load_shortcut

if TYPE_CHECKING:
    from ..distributed import DistributedDataParallel as DistributedDataParallel

__all__ = ["DistributedDataParallel"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(load_shortcut("distributed"), name)
