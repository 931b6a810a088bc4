"""The user's code that runs while a step is recorded, and the calls whose effects a program would not repeat."""

from __future__ import annotations

import gc
import sys
import sysconfig
import types
from typing import Any

_OURS = (
    "tinygrad_edu", "numpy", "contextlib", "functools", "collections", "enum", "abc", "typing", "inspect", "dataclasses",
    "copy", "operator", "re", "warnings", "threading", "weakref", "itertools", "importlib", "contextvars",
)  # fmt: skip
_HARMLESS = {
    "builtins", "math", "_operator", "operator", "itertools", "_functools", "functools", "_collections", "collections", "copy",
    "_abc", "_contextvars", "_thread",
}  # fmt: skip
_LIBRARY = sysconfig.get_paths()["stdlib"]
_EFFECTS = {
    "print", "input", "open", "exec", "eval", "compile", "__import__", "id", "hash", "globals", "locals", "vars", "breakpoint",
}  # fmt: skip


def is_users(module_name: str) -> bool:
    """Whether code of this module is the user's: not the package's, NumPy's, or a stateless standard library module's."""
    return module_name.split(".")[0] not in _OURS


class Seen:
    """The user's code that ran, and calls whose effects a program would not repeat.

    Garbage collection is suspended meanwhile: its callbacks (gc.callbacks) are Python code that is not part of the step.
    """

    def __init__(self) -> None:
        self.codes: dict[types.CodeType, types.FrameType] = {}
        self.effects: list[str] = []
        self._users: dict[types.CodeType, bool] = {}

    def __enter__(self) -> Seen:
        self._collects, self._before = gc.isenabled(), sys.getprofile()
        gc.disable()
        sys.setprofile(self._event)
        return self

    def __exit__(self, *exception: object) -> None:
        sys.setprofile(self._before)
        if self._collects:
            gc.enable()

    def _inside_a_library(self, frame: types.FrameType) -> bool:
        """Whether it is standard library code called by code other than the user's."""
        before = frame.f_back
        ours = before is not None and not self._users.get(before.f_code, True)
        return ours and frame.f_code.co_filename.startswith((_LIBRARY, "<"))

    def _event(self, frame: types.FrameType, event: str, arg: Any) -> None:
        code = frame.f_code
        mine = self._users.get(code)
        if mine is None:
            mine = self._users[code] = is_users(frame.f_globals.get("__name__", "?")) and not self._inside_a_library(frame)
        if not mine:
            return
        if event == "call":
            self.codes.setdefault(code, frame)
        elif event == "c_call":
            refused = _effect(arg)
            if refused:
                self.effects.append(f"{refused} ({code.co_filename.rsplit('/', 1)[-1]}:{frame.f_lineno})")


def _effect(function: Any) -> str | None:
    """The name of a builtin whose result or effect may differ between calls, or None."""
    owner = getattr(function, "__self__", None)
    name = getattr(function, "__qualname__", repr(function))
    if isinstance(owner, types.ModuleType) or owner is None:
        module = getattr(function, "__module__", None) or (owner.__name__ if owner is not None else "builtins")
        if function.__name__ in _EFFECTS and module == "builtins":
            return f"{name}()"
        if module in _HARMLESS or (module.startswith("numpy") and not module.startswith("numpy.random")):
            return None
        return f"{module}.{name}()"
    kind = owner if isinstance(owner, type) else type(owner)
    if kind.__module__ in ("builtins", "numpy", "collections", "tinygrad_edu") or kind.__module__.startswith("tinygrad_edu."):
        return None
    if is_users(kind.__module__) and kind.__module__ not in ("random", "datetime", "_random", "time", "_io"):
        return None  # a builtin method of a user's class, such as object.__setattr__
    return f"{kind.__module__}.{name}()"
