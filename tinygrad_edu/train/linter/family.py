"""A family of rules of the linter: what it looks at, and what it reports."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeAlias

from ..._language import translate
from ..._tensor import Tensor
from ...autograd.node import Node
from ...nn import Module
from ...optim import Optimizer
from ...optim.lr_scheduler import LRScheduler
from .leaves import Leaf, Leaves
from .report import Report

Messages: TypeAlias = Mapping[str, tuple[str, str]]
"""Rule -> why, and what to do; in braces stands what the mistake fills in."""


class Family:
    """Rules of one kind. A subclass names them in `messages` and overrides the moments at which it looks."""

    messages: ClassVar[Messages] = {}

    def __init__(self, report: Report, leaves: Leaves) -> None:
        self.report, self.leaves = report, leaves
        self.at_ops: Mapping[str, Callable[[Tensor], None]] = {}  # operation -> what looks at each of its results

    def found(self, rule: str, at: tuple[str, int] | None = None, **words: Any) -> None:
        """Report a rule as broken, with these words in its braces, in the reader's language."""
        why, do = (translate(text).format(**words) for text in self.messages[rule])
        self.report.add(rule, why, do, at)

    def before_backward(self, root: Tensor, nodes: list[Node], leaves: list[Leaf]) -> None:
        """backward() was called: on `root`, through `nodes`, to `leaves`."""

    def after_backward(self, root: Tensor, leaves: list[Leaf]) -> None:
        """The gradients are there."""

    def before_step(self, optimizer: Optimizer, params: list[Any], closure: bool) -> None:
        """step() was called; with a closure the gradients are computed in there."""

    def before_update(self, optimizer: Optimizer, params: list[Any]) -> None:
        """The gradients are there, those of a closure too; the parameters have moved only if there was one."""

    def after_step(self, optimizer: Optimizer, params: list[Any]) -> None:
        """The parameters have moved."""

    def zeroed(self) -> None:
        """zero_grad() was called."""

    def before_schedule(self, scheduler: LRScheduler) -> None:
        """scheduler.step() was called."""

    def called(self, module: Module, args: tuple[Any, ...]) -> None:
        """A module was called."""

    def ended(self) -> None:
        """The block ended without an error."""
