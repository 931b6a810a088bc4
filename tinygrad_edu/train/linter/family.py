"""Base class for families of lint rules: what they check and what they report."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeAlias

from ..._language import translate
from ..._tensor import Tensor
from ...autograd.node import Node
from ...data import DataLoader
from ...nn import Module
from ...optim import Optimizer
from ...optim.lr_scheduler import LRScheduler
from .leaves import Leaf, Leaves
from .report import Report

Messages: TypeAlias = Mapping[str, tuple[str, str]]
"""Rule -> (why, what to do); braces are filled in with details of the mistake."""


def largest_rate(optimizer: Optimizer) -> float:
    """The largest learning rate of the parameter groups; NaN if one is a function, which only the step itself may call."""
    rates = [group["lr"] for group in optimizer.param_groups]
    return math.nan if any(map(callable, rates)) else max(map(float, rates))


class Family:
    """Related rules. A subclass lists them in `messages` and overrides the hooks that it needs."""

    messages: ClassVar[Messages] = {}

    def __init__(self, report: Report, leaves: Leaves) -> None:
        self.report, self.leaves = report, leaves
        # name of an op -> check of each of its recorded results
        self.at_ops: Mapping[str, Callable[[Tensor], None]] = {}
        # name of an op, "" if unknown, or "*" for all -> check of each of its results without a graph; it also gets the inputs
        self.at_cuts: Mapping[str, Callable[[Tensor, tuple[Any, ...]], None]] = {}

    def found(self, rule: str, at: tuple[str, int] | None = None, **words: Any) -> None:
        """Report a broken rule in the reader's language; `words` fill the braces of its message."""
        why, do = (translate(text).format(**words) for text in self.messages[rule])
        self.report.add(rule, why, do, at)

    def before_backward(self, root: Tensor, nodes: list[Node], leaves: list[Leaf]) -> None:
        """Called by root.backward(), which passes through `nodes` to `leaves`."""

    def retaining(self, root: Tensor, nodes: list[Node]) -> None:
        """Called by backward(retain_graph=True), before before_backward()."""

    def after_backward(self, root: Tensor, leaves: list[Leaf]) -> None:
        """Called when the gradients have been computed."""

    def before_step(self, optimizer: Optimizer, params: list[Any], closure: bool) -> None:
        """Called by step(); with a closure, the gradients are computed inside it."""

    def before_update(self, optimizer: Optimizer, params: list[Any]) -> None:
        """Called when the gradients are complete; with a closure, the parameters have already changed."""

    def after_step(self, optimizer: Optimizer, params: list[Any]) -> None:
        """Called when the parameters have been updated."""

    def zeroed(self, params: list[Any]) -> None:
        """Called by zero_grad(), before the gradients of `params` are cleared."""

    def read(self, tensor: Tensor) -> None:
        """Called when the user's code reads .grad."""

    def created(self, thing: Optimizer | LRScheduler) -> None:
        """Called after an optimizer or schedule has been created, once for each of its classes that defines __init__."""

    def function(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], calls: list[Module]) -> None:
        """Called before each of method_calls.FUNCTIONS; `calls` are the modules whose forward is running, outermost first."""

    def iterated(self, loader: DataLoader) -> None:
        """Called when a loader starts an epoch."""

    def scaled(self, scaler: Any, method: str, rows: Any) -> None:
        """Called by fit() and transform() of a scaler."""

    def before_schedule(self, scheduler: LRScheduler, args: tuple[Any, ...]) -> None:
        """Called by scheduler.step()."""

    def called(self, module: Module, args: tuple[Any, ...]) -> None:
        """Called when a module is called."""

    def returned(self, module: Module, output: Any) -> None:
        """Called when a module has returned."""

    def entered(self, model: Module, args: tuple[Any, ...]) -> None:
        """Called when a module is called outside the call of any other module."""

    def left(self, model: Module, output: Any) -> None:
        """Called when such a module has returned."""

    def ended(self) -> None:
        """Called when the `with` block has ended without an error."""
