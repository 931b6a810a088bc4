"""Global settings that programs make: most are stored without effect, because NumPy's BLAS decides for itself."""

from __future__ import annotations

import os

_deterministic = False


def get_num_threads() -> int:
    """The number of threads allowed by the environment (OMP_NUM_THREADS), or else the number of processors."""
    given = os.environ.get("OMP_NUM_THREADS", "")
    return int(given) if given.isdigit() and int(given) else os.cpu_count() or 1


def set_num_threads(n: int) -> None:
    """No effect: NumPy's BLAS reads OMP_NUM_THREADS when it is loaded; threadpoolctl can change it later."""
    if n < 1:
        raise RuntimeError("set_num_threads expects a positive integer")


def use_deterministic_algorithms(mode: bool, *, warn_only: bool = False) -> None:
    """Stored without effect: the same seed always gives the same numbers."""
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
    """False: it cannot be set from Python."""
    return False
