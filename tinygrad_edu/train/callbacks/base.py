"""Callbacks, which `fit` calls at fixed points of a run: they may read its state, change it, or stop the run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from ..._files.whole_write import Target
from ..._numbers import with_numbers
from ..._tensor import Tensor
from ...nn import Module
from ...optim import Optimizer
from ..history import History
from .options import with_known_options

_LOGS = "the last numbers are {name: values[-1] for name, values in run.history.epochs.items()}"
KERAS_MOMENTS = {  # Keras's method -> what to override instead
    "on_train_begin": "write at_start(self, run)",
    "on_train_end": "write at_end(self, run)",
    "on_epoch_begin": "write before_epoch(self, run)",
    "on_epoch_end": f"write after_epoch(self, run), where run.epoch counts from 1 and {_LOGS}",
    "on_train_batch_begin": "write before_step(self, run), which is called after backward()",
    "on_train_batch_end": "write after_step(self, run): the numbers of the step are in run.history.steps",
    "on_batch_begin": "write before_step(self, run), which is called after backward()",
    "on_batch_end": "write after_step(self, run): the numbers of the step are in run.history.steps",
}


def _not_yet(path: Target) -> None:
    raise RuntimeError("Run.save: a run cannot be saved in at_start; save it in before_epoch or later")


@dataclass
class Run:
    """The state of a training run, as passed to callbacks."""

    model: Module
    optimizer: Optimizer
    history: History
    schedule: Any = None
    epoch: int = 0  # counted from 1
    stop: str = ""  # a callback ends the run after this epoch by setting a reason
    loss: Tensor | None = None  # in before_step, the batch's loss with its graph; otherwise, and in compiled steps, None
    rows: tuple[Tensor, Tensor] | None = None  # (X, y) for inspection: all training data if in memory, else the first batch
    save: Callable[[Target], None] = _not_yet  # writes a checkpoint from which fit(resume=path) continues


class Callback:
    """Base class of callbacks: override the methods that you need."""

    after_others: ClassVar[bool] = False
    """Whether it is called after all callbacks without this flag, wherever it is in the list, so that it sees what they did."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        for theirs in set(vars(cls)) & set(KERAS_MOMENTS):
            raise TypeError(f"{cls.__name__}: {theirs} is Keras's name and would not be called; {KERAS_MOMENTS[theirs]}")
        if "__init__" in vars(cls):
            cls.__init__ = with_known_options(with_numbers(cls.__init__))  # type: ignore[method-assign]  # the same signature

    def at_start(self, run: Run) -> None:
        """Called before the first epoch."""

    def before_epoch(self, run: Run) -> None:
        """Called before the first batch of an epoch; not when a run resumes inside one."""

    def before_step(self, run: Run) -> None:
        """Called after backward() and before optimizer.step(), when the gradients are available."""

    def after_step(self, run: Run) -> None:
        """Called after optimizer.step(); run.history.steps contains this update."""

    def after_epoch(self, run: Run) -> None:
        """Called after each epoch; run.history.epochs contains its numbers."""

    def state_dict(self) -> dict[str, Any]:
        """The state that a resumed run needs: numbers, strings, arrays, and lists and dicts of them."""
        return {}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Restore a state; called after at_start."""

    def at_end(self, run: Run) -> None:
        """Called after the last epoch, an early stop, Ctrl-C, or an error such as DivergedError; run.stop says which."""
