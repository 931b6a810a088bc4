"""What a code object may read, found in its bytecode: globals, attributes, and NumPy's random numbers."""

from __future__ import annotations

import dis
import functools
import types
from typing import Any

import numpy as np

_ANY_ATTRIBUTE = {"__dict__", "__slots__", "attrgetter", "asdict", "astuple", "fields"}
"""Names whose use means that the code may read attributes that it does not name."""

_LOADS = ("LOAD_GLOBAL", "LOAD_NAME", "STORE_GLOBAL", "DELETE_GLOBAL")


@functools.cache
def attribute_names(code: types.CodeType) -> frozenset[str]:
    """The names that a code object may read as attributes, including those in strings (getattr)."""
    strings = {c for c in code.co_consts if isinstance(c, str) and c.isidentifier()}
    return frozenset(code.co_names) | strings


@functools.cache
def global_names(code: types.CodeType) -> frozenset[str]:
    """The globals that a code object reads or assigns."""
    return frozenset(i.argval for i in dis.get_instructions(code) if i.opname in _LOADS)


@functools.cache
def imported_names(code: types.CodeType) -> frozenset[str]:
    """The modules that a code object imports."""
    return frozenset(i.argval for i in dis.get_instructions(code) if i.opname == "IMPORT_NAME")


@functools.cache
def reads_any_attribute(code: types.CodeType) -> bool:
    """Whether a code object may read attributes whose names are computed.

    >>> reads_any_attribute((lambda o: getattr(o, "a", 1)).__code__), reads_any_attribute((lambda o, k: getattr(o, k)).__code__)
    (False, True)
    """
    if not _ANY_ATTRIBUTE.isdisjoint(code.co_names):
        return True
    instructions = list(dis.get_instructions(code))
    for n, i in enumerate(instructions):
        if i.argval == "getattr" and i.opname.startswith("LOAD_"):
            rest = iter(instructions[n + 1 :])
            next(rest, None)  # the object; LOAD_ATTR for attributes on the way to it may follow, then the name
            name = next((r for r in rest if r.opname not in ("LOAD_ATTR", "CACHE", "PUSH_NULL")), i)
            end = next((r for r in rest if not r.opname.startswith(("LOAD_", "CACHE", "PRECALL"))), i)
            if name.opname != "LOAD_CONST" or end.opname != "CALL":
                return True
    return False


def draws_from_numpy(code: types.CodeType, space: dict[str, Any]) -> bool:
    """Whether a code object refers to np.random, whose functions sys.setprofile does not report.

    >>> draws_from_numpy((lambda: np.random.rand()).__code__, {"np": np}), draws_from_numpy((lambda x: x.random).__code__, {})
    (True, False)
    """
    if "random" not in code.co_names:
        return False
    before: Any = None
    for i in dis.get_instructions(code):
        read = i.argval == "random" and i.opname in ("LOAD_ATTR", "LOAD_METHOD", "IMPORT_FROM") and before is not None
        if read and (before.argval in ("np", "numpy") or space.get(str(before.argval)) is np):
            return True
        before = i
    return False
