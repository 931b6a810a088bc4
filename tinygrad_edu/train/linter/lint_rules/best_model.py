"""The rule about keeping the best model: the variable must hold a copy, as each step changes the model itself."""

from __future__ import annotations

import weakref
from collections.abc import Iterable
from dataclasses import dataclass, field
from types import FrameType
from typing import Any, ClassVar

from ....autograd.user_line import find_user_frame
from ....nn import Module
from ....optim import Optimizer
from ..family import Family, Messages


@dataclass
class Best:
    """The variables named "best" at the steps of one optimizer, and the frames and objects that were searched for them."""

    replaced: dict[tuple[int, str], bool] = field(default_factory=dict)  # (scope, name) -> whether it was ever something else
    scopes: set[int] = field(default_factory=set)


class BestModelRules(Family):
    """A variable named "best" that holds the parameters which are being trained."""

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
            if trained and replaced:  # a name that begins as the model is often replaced later
                self.found("best-is-not-a-copy", (frame.f_code.co_filename, frame.f_lineno), name=name)
            best.replaced[scope, name] = replaced or not trained
        best.scopes |= {id(frame), id(frame.f_locals.get("self"))}


def _tensors(value: Any) -> Iterable[Any]:
    """The parameters of a module, or the tensors in a dict or list."""
    if isinstance(value, Module):
        return value.parameters()
    return value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else ()


def named_best(frame: FrameType) -> list[tuple[int, str, Any]]:
    """The variables of a frame, and of its `self`, whose names contain "best": scope, name, value."""
    found = [(id(frame), name, value) for name, value in frame.f_locals.items() if "best" in name.lower()]
    owner = frame.f_locals.get("self")
    held = getattr(owner, "__dict__", {})
    return found + [(id(owner), f"self.{name}", value) for name, value in held.items() if "best" in name.lower()]
