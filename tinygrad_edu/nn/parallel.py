"""PyTorch's path to DistributedDataParallel, which is defined in tinygrad_edu.distributed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._shortcuts import load as load_shortcut

if TYPE_CHECKING:
    from ..distributed import DistributedDataParallel as DistributedDataParallel

__all__ = ["DistributedDataParallel"]


if not TYPE_CHECKING:  # type checkers would assume that a module with __getattr__ has every attribute

    def __getattr__(name: str) -> Any:
        if name in __all__:
            return getattr(load_shortcut("distributed"), name)
        return load_shortcut("other_names").attribute(__name__, name)
