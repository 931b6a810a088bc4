"""The user's code that runs while a step is recorded, and the calls whose effects a program would not repeat."""

from __future__ import annotations

import gc
import sys
import sysconfig
import types
from typing import Any

from ...autograd.user_line import outwards
from ...optim.lr_scheduler.base import LRScheduler
from ...optim.param_groups import ParamGroup

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


_OF_THE_PACKAGE = {"step", "__setitem__", "update", "manual_seed", "seed", "set_state"}
"""Functions of this package that change Python values which a program would not change."""


def is_users(module_name: str) -> bool:
    """Whether code of this module is the user's: not that of a package or standard library module in _OURS."""
    return module_name.split(".")[0] not in _OURS


class Seen:
    """The user's code that ran, and calls whose effects a program would not repeat.

    It suspends garbage collection, whose callbacks (gc.callbacks) are Python code that is not part of the step.
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
        """Whether a frame runs standard library or generated code that was not called by the user's code."""
        before, code = frame.f_back, frame.f_code
        if before is None or self._users.get(before.f_code, True):
            return False
        generated = code.co_name.startswith("__") or frame.f_globals.get("__name__", "").startswith("namedtuple_")
        return code.co_filename.startswith((_LIBRARY, "<frozen ")) or (code.co_filename.startswith("<") and generated)

    def _event(self, frame: types.FrameType, event: str, arg: Any) -> None:
        code = frame.f_code
        mine = self._users.get(code)
        if mine is None:
            mine = self._users[code] = is_users(frame.f_globals.get("__name__", "?")) and not self._inside_a_library(frame)
        if not mine:
            if event == "call" and code.co_name in _OF_THE_PACKAGE and (done := _own_effect(frame)):
                self.effects.append(done)
            return
        if event == "call":
            self.codes.setdefault(code, frame)
        elif event == "c_call":
            refused = effect_of(arg)
            if refused and not any(map(_imports, outwards(frame))):
                self.effects.append(f"calls {refused} ({code.co_filename.rsplit('/', 1)[-1]}:{frame.f_lineno})")


def effect_of(function: Any) -> str | None:
    """The name of a function written in C if it has an effect or may return different results in other calls, or None."""
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
    module = next((c for c in kind.__mro__ if function.__name__ in vars(c)), kind).__module__  # of the class that defines it
    if module in ("builtins", "numpy", "collections", "re", "_contextvars") or module.startswith("tinygrad_edu"):
        return None
    return f"{kind.__module__}.{name}()"


def _imports(frame: types.FrameType) -> bool:
    """Whether a frame belongs to an import, which happens only once, in the first call, and may run other packages' hooks."""
    return frame.f_code.co_filename.startswith("<frozen importlib")


def _own_effect(frame: types.FrameType) -> str | None:
    """What the step does by calling a function in _OF_THE_PACKAGE, if that changes more than tensors; otherwise None."""
    values, owner = frame.f_locals, frame.f_locals.get("self")
    if isinstance(owner, ParamGroup):
        sets = (
            values.get("key") == "lr" or "lr" in values.get("options", ()) or any("lr" in o for o in values.get("others", ()))
        )
        return "sets opt.param_groups[…]['lr']" if sets else None
    if isinstance(owner, LRScheduler):
        return f"calls {type(owner).__name__}.step()"
    seeds = frame.f_globals.get("__name__", "").startswith("tinygrad_edu.ops.generator")
    return f"calls {frame.f_code.co_name}()" if seeds and frame.f_code.co_name != "step" else None
