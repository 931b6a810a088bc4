"""Callbacks: what `fit` does besides the loop. Each is called with the state of the run, and may look, change or stop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from ..._files.whole_write import Target
from ..._tensor import Tensor
from ...nn import Module
from ...optim import Optimizer
from ..history import History
from .options import with_known_options

_LOGS = "the last numbers are {name: values[-1] for name, values in run.history.epochs.items()}"
KERAS_MOMENTS = {  # Keras's method -> what to write
    "on_train_begin": "write at_start(self, run)",
    "on_train_end": "write at_end(self, run)",
    "on_epoch_begin": "write before_epoch(self, run)",
    "on_epoch_end": f"write after_epoch(self, run), where run.epoch counts from 1 and {_LOGS}",
    "on_train_batch_begin": "write before_step(self, run), which is after backward()",
    "on_train_batch_end": "write after_step(self, run): the numbers of the step are in run.history.steps",
    "on_batch_begin": "write before_step(self, run), which is after backward()",
    "on_batch_end": "write after_step(self, run): the numbers of the step are in run.history.steps",
}


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

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        for theirs in set(vars(cls)) & set(KERAS_MOMENTS):
            raise TypeError(f"{cls.__name__}: {theirs} is Keras's and would not be called; {KERAS_MOMENTS[theirs]}")
        if "__init__" in vars(cls):
            cls.__init__ = with_known_options(cls.__init__)  # type: ignore[method-assign]  # the same signature

    def at_start(self, run: Run) -> None:
        """Before the first epoch."""

    def before_epoch(self, run: Run) -> None:
        """Before the first batch of an epoch; not where a run is resumed inside one."""

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
