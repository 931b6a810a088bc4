"""nn.modules: where PyTorch's programs find its layers, such as `nn.modules.batchnorm.BatchNorm1d`. They are those of nn."""

from __future__ import annotations

from typing import Any

from .. import nn
from .addresses import ADDRESSES

__path__: list[str] = []  # `import tinygrad_edu.nn.modules.utils` asks the table of addresses, not the files of a folder


def __getattr__(name: str) -> Any:
    return nn if ADDRESSES.get(f"nn.modules.{name}") == "nn" else getattr(nn, name)
