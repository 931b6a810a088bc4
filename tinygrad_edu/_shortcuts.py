"""Shortcuts from lower packages to higher ones, looked up by name: `loss.graph()`, for example, draws its picture with viz.

This module imports nothing from the package: the top `__init__` registers the loaders. So no lower module depends on a higher
one, and nothing is imported before it is needed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_loaders: dict[str, Callable[[], Any]] = {}


def register(name: str, loader: Callable[[], Any]) -> None:
    """Register `loader`, so that `load(name)` returns `loader()`."""
    _loaders[name] = loader


def load(name: str) -> Any:
    """The module registered as `name`, imported on first use."""
    return _loaders[name]()
