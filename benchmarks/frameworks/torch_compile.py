"""PyTorch, its step compiled by torch.compile, which needs a C++ compiler."""

from __future__ import annotations

from collections.abc import Callable

from . import torch_default

FOOTNOTE = "torch.compile over the whole step, Adam(fused=True)"


def make(sizes: list[int], batch: int, threads: int) -> Callable[[], float]:
    return torch_default.make(sizes, batch, threads, fused=True, compiled=True)
