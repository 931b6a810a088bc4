"""accelerator, for programs that check for one: there is none, so they use the CPU."""

from __future__ import annotations

from .cuda import device_count as device_count
from .cuda import is_available as is_available
from .cuda import synchronize as synchronize


def current_accelerator(check_available: bool = False) -> None:
    """None: there is only the CPU."""


def current_device_index() -> int:
    """0."""
    return 0


def set_device_index(device: int) -> None:
    """Raise RuntimeError: there is no accelerator."""
    raise RuntimeError("accelerator: tinygrad_edu runs on the CPU only; check accelerator.is_available() first")


set_device_idx, current_device_idx = set_device_index, current_device_index
