"""Global settings of PyTorch: they are accepted and have no effect."""

from __future__ import annotations

_deterministic = False


def use_deterministic_algorithms(mode: bool, *, warn_only: bool = False) -> None:
    """Stored without effect: the same seed gives the same numbers; see set_num_threads for the last bits of large products."""
    global _deterministic
    _deterministic = mode


def are_deterministic_algorithms_enabled() -> bool:
    """The value set by use_deterministic_algorithms."""
    return _deterministic


def set_float32_matmul_precision(precision: str) -> None:
    """No effect: float32 products are computed in float32."""
    if precision not in ("highest", "high", "medium"):
        raise RuntimeError(f"{precision} is not one of 'highest', 'high' or 'medium'")


def get_float32_matmul_precision() -> str:
    """Always "highest"."""
    return "highest"


def set_flush_denormal(mode: bool) -> bool:
    """False: the CPU's flush mode cannot be set from Python."""
    return False
