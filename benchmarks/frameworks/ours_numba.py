"""tinygrad_edu, its step compiled with the numba backend."""

from __future__ import annotations

from collections.abc import Callable

import numba  # fails here if it is not installed: the table then has no time for it

from . import ours_compiled

FOOTNOTE = f"compile(backend='numba'), numba {numba.__version__}"


def make(sizes: list[int], batch: int, threads: int) -> Callable[[], float]:
    return ours_compiled.make(sizes, batch, threads, backend="numba")
