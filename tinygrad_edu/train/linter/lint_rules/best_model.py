"""The rule about keeping the best model: the variable must hold a copy, as each step changes the model itself."""

from __future__ import annotations

import dis
import re
import weakref
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from types import CodeType, FrameType
from typing import Any, ClassVar

from ....autograd.user_line import find_user_frame
from ....nn import Module
from ....optim import Optimizer
from ..family import Family, Messages


@dataclass
class Best:
    """The variables with "best" in their names, as seen at one optimizer's steps, and the frames and objects searched."""

    # (scope, name) -> whether it ever held anything but trained parameters
    replaced: dict[tuple[int, str], bool] = field(default_factory=dict)
    scopes: set[int] = field(default_factory=set)


class BestModelRules(Family):
    """A variable with "best" in its name that holds the parameters which are being trained."""

    messages: ClassVar[Messages] = {
        "best-is-not-a-copy": (
            "{name} holds the parameters that are being trained, not a copy of them: each step changes them as well",
            "keep copy.deepcopy(model), or copy.deepcopy(model.state_dict())",
        ),
    }

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._best: weakref.WeakKeyDictionary[Optimizer, Best] = weakref.WeakKeyDictionary()

    def before_step(self, optimizer: Optimizer, params: list[Any], closure: bool) -> None:
        if self.report.has("best-is-not-a-copy"):
            return
        frame = find_user_frame()
        stepped, best = {id(p) for p in params}, self._best.setdefault(optimizer, Best())
        for scope, name, value in named_best(frame):
            trained = any(id(p) in stepped for p in _tensors(value))
            replaced = best.replaced.get((scope, name), scope in best.scopes)  # or it did not exist at an earlier step
            if trained and (replaced or _stays_an_alias(frame, name, value)):
                self.found("best-is-not-a-copy", (frame.f_code.co_filename, frame.f_lineno), name=name)
            best.replaced[scope, name] = replaced or not trained
        best.scopes |= {id(frame), id(frame.f_locals.get("self"))}


def _tensors(value: Any) -> Iterable[Any]:
    """The parameters of a module, or the tensors in a dict or list."""
    if isinstance(value, Module):
        return value.parameters()
    return value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else ()


def _stays_an_alias(frame: FrameType, name: str, value: Any) -> bool:
    """Whether the only assignment to the variable in the code is like `best = model`: no copy is assigned later."""
    other = _only_alias(frame.f_code, name)
    return other is not None and "best" not in other.lower() and frame.f_locals.get(other) is value


@lru_cache(maxsize=64)
def _only_alias(code: CodeType, name: str) -> str | None:
    """The variable `other`, if `name = other` is the only assignment to `name` in the code and the functions inside it."""
    uses = list(_uses(code))
    stores = [i for i, use in enumerate(uses) if use == ("STORE", name)]
    if len(stores) != 1 or stores[0] == 0 or any(("STORE", name) in _uses(c) for c in _inside(code)):
        return None
    kind, other = uses[stores[0] - 1]
    return other if kind == "LOAD" else None


def _uses(code: CodeType) -> Iterator[tuple[str, str]]:
    """("LOAD", name) or ("STORE", name) for variables, ("", "") for other instructions."""
    for step in dis.get_instructions(code):
        if re.match("(LOAD|STORE)_(FAST|NAME|GLOBAL|DEREF)", step.opname):  # since Python 3.13, some have two names
            names = step.argval if isinstance(step.argval, tuple) else (step.argval,)
            yield from zip(re.findall("LOAD|STORE", step.opname), names, strict=False)
        else:
            yield "", ""


def _inside(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _inside(constant)


def named_best(frame: FrameType) -> list[tuple[int, str, Any]]:
    """The variables of a frame, and of its `self`, whose names contain "best", as (scope, name, value)."""
    found = [(id(frame), name, value) for name, value in frame.f_locals.items() if "best" in name.lower()]
    owner = frame.f_locals.get("self")
    held = getattr(owner, "__dict__", {})
    return found + [(id(owner), f"self.{name}", value) for name, value in held.items() if "best" in name.lower()]
