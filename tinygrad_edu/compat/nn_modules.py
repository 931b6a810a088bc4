"""nn.modules: PyTorch's paths to its layers, such as `nn.modules.batchnorm.BatchNorm1d`. All of them lead to nn."""

from __future__ import annotations

from typing import Any

from .. import nn
from .addresses import ADDRESSES

__path__: list[str] = []  # so that `import tinygrad_edu.nn.modules.utils` uses the table of addresses, not a folder


def __getattr__(name: str) -> Any:
    return nn if ADDRESSES.get(f"nn.modules.{name}") == "nn" else getattr(nn, name)
