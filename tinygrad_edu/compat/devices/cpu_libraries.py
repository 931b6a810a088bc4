"""backends.mkl, mkldnn and openmp: NumPy has its own libraries."""

from __future__ import annotations


def is_available() -> bool:
    """False."""
    return False
