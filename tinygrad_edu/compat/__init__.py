"""PyTorch's older and peripheral names, for programs written for it: `Variable`, `cuda`, `backends`, …

Nothing here is needed to use tinygrad_edu, and nothing is loaded before a program uses one of these names. `NAMES` and
`ADDRESSES` list where each is; `absent` lists what is deliberately missing, and what to use instead.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from .absent import ABSENT, ABSENT_MODULES, absent_module
from .addresses import ADDRESSES, NAMES

__all__: list[str] = []

_TOP = __name__.rpartition(".")[0]

MODULES = sorted(  # the modules of this package, which are imported when needed
    {"tensor_attributes", "typed_tensors"}
    | {
        place.partition(":")[0].removeprefix("compat.")
        for place in (*NAMES.values(), *ADDRESSES.values())
        if place[:7] == "compat."
    }
)


def attribute(module: str, name: str) -> Any:
    """The value of `module.name`, for a module without that attribute; AttributeError if it is unknown."""
    path = f"{module}.{name}".removeprefix(f"{_TOP}.")
    if path in NAMES:
        place, _, member = NAMES[path].partition(":")
        return getattr(import_module(f"{_TOP}.{place}"), member or name)
    if path in ADDRESSES:
        return import_module(f"{_TOP}.{path}")
    answer = ABSENT.get(path)
    if path == f"nn.{name}" and answer is None:
        from ..nn.diagnostics.keras_names import LAYERS  # only errors need it

        answer = LAYERS.get(name)
    reason = f": {answer}" if answer else ""
    raise AttributeError(f"module {module!r} has no attribute {name!r}{reason}", name=name, obj=sys.modules.get(module))


def tensor_attribute(tensor: Any, name: str) -> Any:
    """The value of `tensor.name`, for a Tensor without that attribute; AttributeError if it is unknown."""
    return import_module(".tensor_attributes", __name__).attribute(tensor, name)


def type_of(tensor: Any, dtype: Any) -> Any:
    """The result of `tensor.type(dtype)`."""
    return import_module(".typed_tensors", __name__).type_of(tensor, dtype)


class _Alias:
    """Loads a module under another name, without changing the module."""

    def __init__(self, target: str) -> None:
        self._target = target

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module = import_module(self._target)
        self._kept = module.__spec__, module.__loader__
        return module

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__, module.__loader__ = self._kept


def find_spec(fullname: str) -> ModuleSpec | None:
    """The spec of a module that PyTorch has under this path; an error for a deliberately missing one; None for any other."""
    path = fullname.removeprefix(f"{_TOP}.")
    if path in ADDRESSES:
        target = ADDRESSES[path]
        loader: Any = _Alias(f"{_TOP}.{target}" if target else _TOP)
        return ModuleSpec(
            fullname, loader, is_package=any(other.startswith(f"{path}.") for other in (*ADDRESSES, *ABSENT_MODULES))
        )
    reason = absent_module(path)
    if reason:
        raise ModuleNotFoundError(f"No module named {fullname!r}: {reason}", name=fullname)
    return None
