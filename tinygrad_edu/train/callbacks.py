"""Callbacks: what `fit` does besides the loop. Each is called with the state of the run, and may look, change or stop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from .._files.whole_write import Target
from .._tensor import Tensor
from ..nn import Module
from ..nn.utils import check_limit, clip_grad_norm_, clip_grad_value_
from ..optim import Optimizer
from .history import History


def _not_yet(path: Target) -> None:
    raise RuntimeError("Run.save: there is nothing to save before the first step")


@dataclass
class Run:
    """Where a training run is: what callbacks are given."""

    model: Module
    optimizer: Optimizer
    history: History
    schedule: Any = None
    epoch: int = 0  # from 1
    stop: str = ""  # a reason, set by a callback, ends the run after this epoch
    loss: Tensor | None = None  # of the batch, in before_step, with its graph; None where a compiled step left none
    rows: tuple[Tensor, Tensor] | None = None  # (X, y) to look at: all that is trained on, or the first batch of a loader
    save: Callable[[Target], None] = _not_yet  # write a checkpoint from which fit(resume=path) continues


class Callback:
    """The base of callbacks: override what you need."""

    after_others: ClassVar[bool] = False
    """It sees what the other callbacks of the run have done: told after them, wherever it stands among them."""

    def at_start(self, run: Run) -> None:
        """Before the first epoch."""

    def before_step(self, run: Run) -> None:
        """After backward(), before optimizer.step(): the gradients are there."""

    def after_step(self, run: Run) -> None:
        """After optimizer.step(): the numbers of the update are in run.history.steps."""

    def after_epoch(self, run: Run) -> None:
        """The numbers of the epoch are in run.history.epochs."""

    def state_dict(self) -> dict[str, Any]:
        """What a run that is resumed needs to know: numbers, strings, arrays, and lists and dicts of them."""
        return {}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Continue there; after at_start."""

    def at_end(self, run: Run) -> None:
        """After the last epoch, an early stop, Ctrl-C, or an error such as DivergedError: run.stop says which."""


class ClipGradNorm(Callback):
    """Scale all gradients by one factor so that their common norm is at most max_norm; see nn.utils.clip_grad_norm_."""

    def __init__(self, max_norm: float) -> None:
        check_limit("ClipGradNorm", "max_norm", max_norm)
        self.max_norm = max_norm

    def before_step(self, run: Run) -> None:
        clip_grad_norm_(run.model.parameters(), self.max_norm)


class ClipGradValue(Callback):
    """Limit every element of every gradient to [−clip_value, clip_value]."""

    def __init__(self, clip_value: float) -> None:
        check_limit("ClipGradValue", "clip_value", clip_value)
        self.clip_value = clip_value

    def before_step(self, run: Run) -> None:
        clip_grad_value_(run.model.parameters(), self.clip_value)
