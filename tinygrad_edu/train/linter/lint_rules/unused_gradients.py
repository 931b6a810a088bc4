"""Rules about gradients that are computed and never used: cleared before a step, or changed after it."""

from __future__ import annotations

import math
import weakref
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from ...._tensor import Tensor
from ....autograd.user_line import find_user_line
from ....nn import Module
from ....optim import Optimizer
from ....optim.lr_scheduler import LRScheduler
from ..family import Family, Messages
from ..leaves import Leaf

TWICE = 2  # discarding gradients before this many steps is a mistake; once may be a measurement
NO_STEP = 5  # this many backward passes without any step are a mistake; fewer may be a measurement


@dataclass
class Used:
    """A gradient that a step has used, and the sum of its numbers at that time."""

    of: weakref.ref[Any]
    grad: weakref.ref[Any]
    total: float

    def is_still_of(self, p: Any) -> bool:
        """Whether p is this tensor, and still has this gradient."""
        return self.of() is p is not None and self.grad() is p._grad is not None


@dataclass
class Idle:
    """An optimizer that has taken no step, with the backward passes that reached its parameters and the line of the last."""

    ref: weakref.ref[Optimizer]
    params: list[weakref.ref[Any]]
    passes: int = 0
    leaves: list[Leaf] = field(default_factory=list)  # of the last pass
    line: tuple[str, int] = ("", 0)


class UnusedGradientRules(Family):
    """Gradients that zero_grad() clears before any step, clipping after the step, and an optimizer that never steps."""

    messages: ClassVar[Messages] = {
        "discarded-gradient": (
            "zero_grad() discarded the gradients of every backward pass but the last before each step(), so step() used "
            "only that one",
            "to accumulate gradients, call zero_grad() only after step(), not in every pass",
        ),
        "changed-after-step": (
            "the gradients were changed (clipped or scaled) after step() had used them, and then cleared: this has no effect",
            "clip between loss.backward() and optimizer.step()",
        ),
        "clip-before-backward": (
            "{function} found no gradient to clip: backward() has not computed one, or zero_grad() has cleared it",
            "clip between loss.backward() and optimizer.step()",
        ),
        "no-step": (
            "backward() ran {n} times, but the optimizer took no step, so the parameters have not changed",
            "call optimizer.step() (with parentheses) after loss.backward()",
        ),
    }

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._waiting: dict[int, tuple[weakref.ref[Any], int]] = {}  # leaves with an unused gradient, and their last change
        self._discarded, self._times = (
            0,
            0,
        )  # passes whose gradients were discarded since the last step; steps after such passes
        self._used: dict[int, Used] = {}
        self._idle: list[Idle] = []

    def after_backward(self, root: Tensor, leaves: list[Leaf]) -> None:
        learning = [leaf for leaf in leaves if not leaf.frozen]
        if any(not (leaf.owned or leaf.in_module) for leaf in learning):
            self._waiting.clear()  # the gradient of an input is what the pass was for, as for an adversarial example
        else:
            for p in (leaf.ref() for leaf in learning):
                self._waiting[id(p)] = weakref.ref(p), _last_change(p)
        self._used.clear()
        for idle in self._idle:
            params = {id(ref()) for ref in idle.params}
            if reached := [leaf for leaf in learning if id(leaf.ref()) in params]:
                idle.passes, idle.leaves, idle.line = idle.passes + 1, reached, find_user_line()

    def created(self, thing: Optimizer | LRScheduler) -> None:
        if isinstance(thing, Optimizer) and not any(idle.ref() is thing for idle in self._idle):
            params = [p for group in thing.param_groups for p in group["params"]]
            self._idle.append(Idle(weakref.ref(thing), [weakref.ref(p) for p in params]))

    def read(self, tensor: Tensor) -> None:
        self._waiting.clear()
        self._idle.clear()

    def function(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], calls: list[Module]) -> None:
        given = args[0] if args else None
        if name.startswith("clip_grad") and isinstance(given, (list, tuple, Tensor)):
            parameters = [given] if isinstance(given, Tensor) else given
            if parameters and all(getattr(p, "_grad", None) is None for p in parameters):
                self.found("clip-before-backward", function=name)

    def before_step(self, optimizer: Optimizer, params: list[Any], closure: bool) -> None:
        used = any(self._is_waiting(p) for p in params)
        self._waiting.clear()
        self._idle = [idle for idle in self._idle if idle.ref() is not optimizer]
        if self._discarded and used:
            self._times += 1
            if self._times == TWICE:
                self.found("discarded-gradient")
        self._discarded = 0

    def after_step(self, optimizer: Optimizer, params: list[Any]) -> None:
        for p in params:
            if p._grad is not None:
                self._used[id(p)] = Used(weakref.ref(p), weakref.ref(p._grad), _sum(p._grad))

    def zeroed(self, params: list[Any]) -> None:
        self._discarded += any(self._is_waiting(p) for p in params)
        for p in params:
            self._waiting.pop(id(p), None)
            used = self._used.pop(id(p), None)
            if used is not None and used.is_still_of(p) and p._grad._data.any():
                now = _sum(p._grad)
                if math.isfinite(now) and now != used.total:
                    self.found("changed-after-step")

    def _is_waiting(self, p: Any) -> bool:
        """Whether p has a gradient that no step has used; if p has changed since, the gradient was used by hand."""
        known = self._waiting.get(id(p))
        return known is not None and p._grad is not None and _last_change(p) == known[1] and known[0]() is p

    def ended(self) -> None:
        for idle in self._idle:
            if idle.passes >= NO_STEP and not any(leaf.owned for leaf in idle.leaves):
                self.found("no-step", idle.line, n=idle.passes)


def _last_change(p: Any) -> int:
    """The engine's clock at the last change in place; 0 if there was none."""
    return 0 if p._cell is None else int(p._cell[0])


def _sum(x: Tensor) -> float:
    return float(np.sum(x._data, dtype=np.float64))
