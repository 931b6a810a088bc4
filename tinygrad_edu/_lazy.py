"""What a package has that is loaded when it is first asked for: its `__getattr__` looks it up in a table of its modules."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any


def no_attribute(package: str, name: str) -> Any:
    """Raise the AttributeError of a name that a package does not have."""
    raise AttributeError(f"module {package!r} has no attribute {name!r}", name=name, obj=sys.modules.get(package))


def lazy_attribute(
    package: str, homes: Mapping[str, Sequence[str]], name: str, otherwise: Callable[[str, str], Any] = no_attribute
) -> Any:
    """A module of `package` that is a key of `homes`, or one of the names that it lists there; else otherwise(package, name).

    >>> lazy_attribute("collections", {"abc": ("Sized",)}, "Sized")
    <class 'collections.abc.Sized'>
    """
    for module, names in homes.items():
        if name == module:
            return import_module(f".{module}", package)
        if name in names:
            value = getattr(import_module(f".{module}", package), name)
            setattr(sys.modules[package], name, value)  # found at once from now on
            return value
    return otherwise(package, name)
