"""The mathematics: every op, by topic. With Tensors, ops are recorded; with plain arrays, they return plain arrays.

A module lists its public functions in `__all__`, and further public names in SPELLINGS: they are available here and in
`tinygrad_edu` itself. Those in OUT accept `out=`, those in METHODS are also methods of Tensor, and those in IN_PLACE have an
in-place form `name_`. A module is loaded when one of its functions is first accessed: places.py, which `tools/write_stubs.py`
writes, lists the functions of each module.
"""

from __future__ import annotations

from typing import Any

from . import loading as _loading

IN_PLACE = _loading.IN_PLACE
__all__ = [*_loading.FUNCTIONS, "linalg"]


def __getattr__(name: str) -> Any:
    if name in _loading.FUNCTIONS:
        value = _loading.function(name)
        if name in _loading.places.OUT.split():  # methods have no out=
            value = _loading.load("out_argument").accepts_out(value)
    elif name in _loading.places.FUNCTIONS:
        value = _loading.load(name)
    elif name == "METHODS":  # for tools and tests: loads everything
        value = {method: _loading.method(method) for method in _loading.METHODS}
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
