"""cuda, for programs that check for a GPU: there is none, and functions such as synchronize() do nothing."""

from __future__ import annotations

from typing import Any, NoReturn

from ...ops import random


def is_available() -> bool:
    """False."""
    return False


def device_count() -> int:
    """0."""
    return 0


def is_initialized() -> bool:
    """False."""
    return False


def is_bf16_supported() -> bool:
    """False."""
    return False


def manual_seed(seed: int) -> None:
    """No effect: in PyTorch, GPUs have their own random generators; programs call the CPU's manual_seed as well."""
    random.Generator().manual_seed(seed)  # raises an error for an invalid seed


manual_seed_all = manual_seed


def seed() -> None:
    """No effect."""


seed_all = seed


def synchronize(device: Any = None) -> None:
    """No effect: every operation is complete when it returns."""


def empty_cache() -> None:
    """No effect."""


def reset_peak_memory_stats(device: Any = None) -> None:
    """No effect."""


def memory_allocated(device: Any = None) -> int:
    """0 bytes of GPU memory."""
    return 0


max_memory_allocated = memory_reserved = memory_allocated


def __getattr__(name: str) -> NoReturn:
    if name in ("amp",):
        from ..absent import ABSENT

        raise AttributeError(f"module {__name__!r} has no attribute {name!r}: {ABSENT['cuda.amp']}")
    raise AttributeError(
        f"module {__name__!r} has no attribute {name!r}: tinygrad_edu runs on the CPU only; check cuda.is_available() first",
        name=name,
    )
