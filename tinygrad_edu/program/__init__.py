"""Recorded training steps: instructions, clean-up passes, printers, replay; and the rules of ops as readable formulas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._lazy import lazy_attribute

if TYPE_CHECKING:
    from .compiling import Compiled as Compiled
    from .compiling import compile as compile
    from .instructions import Untraceable as Untraceable
    from .replay import Program as Program
else:  # hidden from type checkers, which would assume that a module with __getattr__ has every attribute

    def __getattr__(name: str) -> Any:
        return lazy_attribute(__name__, _HOMES, name)


_HOMES = {"compiling": ("Compiled", "compile"), "instructions": ("Untraceable",), "replay": ("Program",)}
"""Module -> its public names. They are loaded on first access: drawing a formula needs none of them."""

__all__ = ["Compiled", "Program", "Untraceable", "compile"]
