"""Callbacks: what `fit` does besides the loop. Each is called with the state of the run, and may look, change or stop."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

from ..nn import Module
from ..nn.utils import check_limit, clip_grad_norm_, clip_grad_value_
from ..optim import Optimizer
from .checkpoint import save_checkpoint
from .history import History


@dataclass
class Run:
    """Where a training run is: what callbacks are given."""

    model: Module
    optimizer: Optimizer
    history: History
    schedule: Any = None
    epoch: int = 0  # from 1
    stop: str = ""  # a reason, set by a callback, ends the run after this epoch


class Callback:
    """The base of callbacks: override what you need."""

    def at_start(self, run: Run) -> None:
        """Before the first epoch."""

    def before_step(self, run: Run) -> None:
        """After backward(), before optimizer.step(): the gradients are there."""

    def after_epoch(self, run: Run) -> None:
        """The numbers of the epoch are in run.history.epochs."""

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


class Checkpoint(Callback):
    """Save model, optimizer and schedule after every `every` epochs; "{epoch}" in the path is replaced by the number."""

    def __init__(self, path: str | os.PathLike[str], every: int = 1) -> None:
        self.path, self.every = os.fspath(path), every

    def after_epoch(self, run: Run) -> None:
        if run.epoch % self.every == 0:
            path = self.path.format(epoch=run.epoch)
            save_checkpoint(path, run.model, run.optimizer, run.schedule, epoch=run.epoch, epochs=run.history.epochs)
