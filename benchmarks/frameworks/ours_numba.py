"""tinygrad_edu, its step compiled with the numba backend."""

from __future__ import annotations

from collections.abc import Callable

import numba  # if it is not installed, the framework is left out and named

from . import ours_compiled

FOOTNOTE = f"compile(backend='numba'), numba {numba.__version__}"


def make(sizes: list[int], batch: int, threads: int) -> Callable[[], float]:
    return ours_compiled.make(sizes, batch, threads, backend="numba")
