"""PyTorch's path to the data tools: `from tinygrad_edu.utils.data import DataLoader`."""

from typing import TYPE_CHECKING, Any

from .._shortcuts import load as load_shortcut
from . import data as data

if not TYPE_CHECKING:  # type checkers would assume that a module with __getattr__ has every attribute

    def __getattr__(name: str) -> Any:
        return load_shortcut("other_names").attribute(__name__, name)
