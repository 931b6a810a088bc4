"""Loading a module of ops/ when one of its functions is first accessed: as `tg.sort`, as a method, or by `np.sort(tensor)`."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

from ..autograd.primitives import NUMPY
from . import places


def _by_name(table: dict[str, str]) -> dict[str, str]:
    return {name: module for module, names in table.items() for name in names.split()}


FUNCTIONS, METHODS = _by_name(places.FUNCTIONS), _by_name(places.METHODS)
"""Name -> the module that it is in."""

IN_PLACE = places.IN_PLACE.split()


def load(module: str) -> Any:
    """Import a module of ops/."""
    return import_module(f"{__package__}.{module}")


def load_all() -> None:
    """Import every module of ops/, for code that iterates over all primitives."""
    for module in places.FUNCTIONS:
        load(module)


def _find(name: str, module: str) -> Any:
    spellings = getattr(load(module), "SPELLINGS", {})
    return spellings[name] if name in spellings else getattr(load(module), name)


def function(name: str) -> Any:
    """The public function or constant with that name."""
    return _find(name, FUNCTIONS[name])


def method(name: str) -> Any:
    """The function behind the Tensor method with that name."""
    return _find(name, METHODS[name])


def for_numpy(theirs: Any) -> Any:
    """The function that replaces a NumPy function called with a Tensor, or None."""
    if theirs not in NUMPY:
        place = _places_for_numpy().get(numpy_name(theirs))
        if place is not None:
            load(place)
    return NUMPY.get(theirs)


@cache
def _places_for_numpy() -> dict[str, str]:
    return _by_name(places.NUMPY)


def numpy_name(theirs: Any) -> str:
    """The full name of a NumPy function."""
    return f"{getattr(theirs, '__module__', None) or 'numpy'}.{theirs.__name__}"
