"""PyTorch, eager, with Adam(fused=True)."""

from __future__ import annotations

from collections.abc import Callable

from . import torch_default

FOOTNOTE = "eager, Adam(fused=True)"


def make(sizes: list[int], batch: int, threads: int) -> Callable[[], float]:
    return torch_default.make(sizes, batch, threads, fused=True)
