"""backends.cudnn: options that can be set and have no effect, because cuDNN is for GPUs."""

from __future__ import annotations

enabled = True
benchmark = False
deterministic = False
allow_tf32 = True


def is_available() -> bool:
    """False."""
    return False


def version() -> None:
    """None."""
