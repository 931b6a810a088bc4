"""The mathematics: every op, by subject. Each runs on Tensors (recorded) and on plain arrays (arrays out).

A module lists in `__all__` which of its functions are public: these are functions here and in `tinygrad_edu` itself; SPELLINGS
are other names of some. METHODS are methods of a Tensor, too, and those that are IN_PLACE have a twin `name_` that writes into
self. A module is loaded when one of its functions is first asked for: `tools/write_stubs.py` writes the list, places.py.
"""

from __future__ import annotations

from typing import Any

from . import loading as _loading

IN_PLACE = _loading.IN_PLACE
__all__ = [*_loading.FUNCTIONS, "linalg"]


def __getattr__(name: str) -> Any:
    if name in _loading.FUNCTIONS:
        value = _loading.function(name)
        out_argument = _loading.load("out_argument")
        if name in out_argument.NAMES:  # methods have no out=
            value = out_argument.accepts_out(value)
    elif name in _loading.places.FUNCTIONS:
        value = _loading.load(name)
    elif name == "METHODS":  # for tools and tests: it loads everything
        value = {method: _loading.method(method) for method in _loading.METHODS}
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
