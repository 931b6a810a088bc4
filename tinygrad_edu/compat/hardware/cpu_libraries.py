"""backends.mkl, mkldnn and openmp: not available, because NumPy uses its own libraries."""

from __future__ import annotations


def is_available() -> bool:
    """False."""
    return False
