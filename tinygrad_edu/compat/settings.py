"""Settings that programs make before they start: kept or answered, for NumPy's BLAS decides for itself."""

from __future__ import annotations

import os

_deterministic = False


def get_num_threads() -> int:
    """The number of threads that the environment (OMP_NUM_THREADS) allows, else the number of processors."""
    given = os.environ.get("OMP_NUM_THREADS", "")
    return int(given) if given.isdigit() and int(given) else os.cpu_count() or 1


def set_num_threads(n: int) -> None:
    """Without effect: NumPy's BLAS reads OMP_NUM_THREADS when it is loaded; threadpoolctl changes it later."""
    if n < 1:
        raise RuntimeError("set_num_threads expects a positive integer")


def use_deterministic_algorithms(mode: bool, *, warn_only: bool = False) -> None:
    """Kept, without effect: the same seed gives the same numbers always."""
    global _deterministic
    _deterministic = mode


def are_deterministic_algorithms_enabled() -> bool:
    """What use_deterministic_algorithms was told."""
    return _deterministic


def set_float32_matmul_precision(precision: str) -> None:
    """Without effect: float32 products are exact float32."""
    if precision not in ("highest", "high", "medium"):
        raise RuntimeError(f"{precision} is not one of 'highest', 'high' or 'medium'")


def get_float32_matmul_precision() -> str:
    """Always "highest"."""
    return "highest"


def set_flush_denormal(mode: bool) -> bool:
    """False: it cannot be set from Python."""
    return False
