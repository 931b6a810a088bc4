"""Shortcuts from a low room to a high one (`loss.graph()` draws a picture): the low room asks for the high one by name.

This module imports nothing of the package, and neither do the rooms that ask: the top `__init__` registers the loaders. So no
low module depends on a high one, and nothing is imported before it is needed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_loaders: dict[str, Callable[[], Any]] = {}


def register(name: str, loader: Callable[[], Any]) -> None:
    """Let `load(name)` return `loader()`."""
    _loaders[name] = loader


def load(name: str) -> Any:
    """What was registered as `name`, imported when it is asked for."""
    return _loaders[name]()
