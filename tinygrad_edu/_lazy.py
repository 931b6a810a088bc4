"""Lazy loading: a package's `__getattr__` looks names up in a table of its modules, which are imported on first access."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any


def no_attribute(package: str, name: str) -> Any:
    """Raise the AttributeError for a missing attribute of a package."""
    raise AttributeError(f"module {package!r} has no attribute {name!r}", name=name, obj=sys.modules.get(package))


def lazy_attribute(
    package: str, homes: Mapping[str, Sequence[str]], name: str, otherwise: Callable[[str, str], Any] = no_attribute
) -> Any:
    """The module `name` if `homes` has that key, or the attribute `name` of the module that lists it; if neither, otherwise(…).

    >>> lazy_attribute("collections", {"abc": ("Sized",)}, "Sized")
    <class 'collections.abc.Sized'>
    """
    for module, names in homes.items():
        if name == module:
            return import_module(f".{module}", package)
        if name in names:
            value = getattr(import_module(f".{module}", package), name)
            setattr(sys.modules[package], name, value)  # later accesses find it directly
            return value
    return otherwise(package, name)
