"""A recorded training step: instructions, clean-up passes, printers, replay; and the rules of ops as formulas to read."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .compiling import Compiled as Compiled
    from .compiling import compile as compile
    from .instructions import Untraceable as Untraceable
    from .replay import Program as Program
else:  # hidden from type checkers, for which a module with a __getattr__ has every attribute

    def __getattr__(name: str) -> Any:
        if name not in _MODULE_OF:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found = globals()[name] = getattr(import_module(f".{_MODULE_OF[name]}", __name__), name)
        return found


_HOMES = {"compiling": ("Compiled", "compile"), "instructions": ("Untraceable",), "replay": ("Program",)}
"""Module -> the public names in it. Loaded when first asked for: pictures read formulas, and compile nothing."""

_MODULE_OF = {name: module for module, names in _HOMES.items() for name in names}
__all__ = ["Compiled", "Program", "Untraceable", "compile"]
