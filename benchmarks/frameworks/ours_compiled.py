"""tinygrad_edu, its step compiled."""

from __future__ import annotations

from collections.abc import Callable

import tinygrad_edu as tg

from . import ours

FOOTNOTE = "the same loop under tinygrad_edu.compile"


def make(sizes: list[int], batch: int, threads: int, **options: str) -> Callable[[], float]:
    training, X, y = ours.parts(sizes, batch)
    step = tg.compile(training, strict=True, **options)
    return lambda: float(step(X, y).item())
