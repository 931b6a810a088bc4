"""ModelCheckpoint: Keras's callback that saves the model after every epoch, or after each that is the best so far."""

from __future__ import annotations

import os
import string
from typing import Any

from ...nn.export.safetensors import save
from .base import Run
from .logs import last_numbers
from .monitors import Monitor

THEIRS = (".keras", ".h5", ".hdf5", ".weights.h5", ".tf", ".pt", ".pth")


class ModelCheckpoint(Monitor):
    """Save after every epoch, or after each epoch that is the best so far.

    filepath           the file; placeholders such as "{epoch:02d}-{val_loss:.2f}" are replaced by the epoch, counted from 1,
                       and its numbers. Without them the file is overwritten each time. The format is safetensors
    monitor            the name of the monitored number in history.epochs; "" is "val_loss" if there is validation data, else
                       "loss"
    save_best_only     only save when the monitored number has improved
    save_weights_only  save the model's state_dict, for model.load_state_dict(tg.load(path)); otherwise the whole run, for
                       fit(resume=path) and load_checkpoint
    mode               "min" if smaller is better, "max" if larger is; optional for losses and metrics known by name

    Checkpoint can also save in the middle of an epoch, and delete old files.
    """

    after_others = True  # the file contains the state of the other callbacks

    def __init__(
        self, filepath: str | os.PathLike[str], monitor: str = "", *, save_best_only: bool = False,
        save_weights_only: bool = False, mode: str | None = None,
    ) -> None:  # fmt: skip
        super().__init__(monitor, mode=mode if save_best_only or mode else "min")
        self.filepath = os.fspath(filepath)
        self.save_best_only, self.save_weights_only = save_best_only, save_weights_only
        if self.filepath.endswith(THEIRS):
            raise ValueError(
                f"ModelCheckpoint: {self.filepath!r} has the extension of a Keras or PyTorch file, but the format is "
                "safetensors: use '….safetensors'"
            )
        try:
            self.names = [name for _, name, _, _ in string.Formatter().parse(self.filepath) if name is not None]
        except ValueError as error:
            raise ValueError(f"ModelCheckpoint: {self.filepath!r} is not a valid pattern ({error})") from None
        wrong = [name for name in self.names if not name.isidentifier()]
        if wrong:
            raise ValueError(
                f"ModelCheckpoint: {{{wrong[0]}}} in {self.filepath!r} is not the name of a number such as {{val_loss}}"
            )

    def after_epoch(self, run: Run) -> None:
        improved = self.improved(run) if self.save_best_only else True
        if not improved:
            return
        numbers: dict[str, Any] = {**last_numbers(run), "epoch": run.epoch, "step": len(run.history.steps["loss"])}
        missing = [name for name in self.names if name not in numbers]
        if missing:
            raise ValueError(
                f"ModelCheckpoint: there is no {missing[0]!r} for {self.filepath!r}; available: {', '.join(numbers)}"
            )
        path = self.filepath.format(**numbers)
        if self.save_weights_only:
            save(run.model.state_dict(), path)
        else:
            run.save(path)
