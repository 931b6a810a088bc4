"""PyTorch's module paths, such as `from tinygrad_edu.nn.modules.batchnorm import BatchNorm1d`. All of them lead to nn."""

from __future__ import annotations

import sys
from typing import Any

_nn = sys.modules[__package__]

for _name in (
    "activation",
    "adaptive",
    "batchnorm",
    "container",
    "conv",
    "distance",
    "dropout",
    "flatten",
    "instancenorm",
    "linear",
    "loss",
    "module",
    "normalization",
    "padding",
    "pixelshuffle",
    "pooling",
    "rnn",
    "sparse",
    "transformer",
    "upsampling",
):
    globals()[_name] = sys.modules[f"{__name__}.{_name}"] = _nn

__path__: list[str] = []  # so that `import tinygrad_edu.nn.modules.utils` uses the import hooks, not the files of nn


def __getattr__(name: str) -> Any:
    return getattr(_nn, name)
