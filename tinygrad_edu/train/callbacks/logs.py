"""Callbacks that write the numbers of a run to a file, or pass them to functions."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..._files import damaged
from ..._files.foreign_files import recognized
from .base import KERAS_MOMENTS, Callback, Run

LONGEST_LINE = 1 << 16  # bytes

OURS = ("at_start", "before_epoch", "before_step", "after_step", "after_epoch", "at_end")


class CSVLogger(Callback):
    """Write a CSV file with a header and a line per epoch: the epoch, counted from 1, and its numbers in history.epochs.

    filename   the file, which is overwritten
    separator  between the columns
    append     add to the file instead, for example in a resumed run; the columns stay those of its first line

    The file can be read during the run.
    """

    def __init__(self, filename: str | os.PathLike[str], separator: str = ",", append: bool = False) -> None:
        self.filename, self.separator, self.append = Path(filename), separator, append
        self._names: list[str] = []

    def at_start(self, run: Run) -> None:
        self._names = []
        if self.append and self.filename.exists():
            self._names = self._first_line()[1:]
        else:
            self.filename.write_text("", encoding="utf-8")  # an error is raised here, not after the first epoch

    def _first_line(self) -> list[str]:
        """The column names in the first line of the file to which lines will be appended."""
        with self.filename.open("rb") as file:
            head = file.read(LONGEST_LINE)
        try:
            names = next(csv.reader([head.split(b"\n")[0].decode()], delimiter=self.separator, strict=True), [])
        except (UnicodeDecodeError, csv.Error):
            names = ["?"]
        if names[:1] not in ([], ["epoch"]):
            what = recognized(head)
            if what is None or what.startswith("is a text file"):
                what = f"does not begin with 'epoch{self.separator}', as a file written by CSVLogger with this separator does"
            raise damaged("CSVLogger", str(self.filename), what)
        return names

    def after_epoch(self, run: Run) -> None:
        numbers = last_numbers(run)
        with self.filename.open("a", encoding="utf-8", newline="") as file:
            lines = csv.writer(file, delimiter=self.separator, lineterminator="\n")
            if not self._names:
                self._names = list(numbers)
                lines.writerow(["epoch", *self._names])
            lines.writerow([run.epoch, *(numbers.get(name, "") for name in self._names)])


class LambdaCallback(Callback):
    """Call functions at given points of the run.

    at_start, before_epoch, before_step, after_step, after_epoch, at_end   functions of the Run; see Callback
    on_train_begin(logs), on_epoch_begin(epoch, logs), on_epoch_end(epoch, logs), on_train_batch_end(batch, logs), …   functions
        with Keras's arguments: epochs and batches are counted from 0, and logs is a dict of the last numbers, empty at the
        beginning of the run and of an epoch

    >>> import numpy as np
    >>> import tinygrad_edu as tg
    >>> say = LambdaCallback(on_epoch_end=lambda epoch, logs: print(epoch, sorted(logs)))
    >>> _ = tg.train.fit(tg.nn.Linear(1, 1), np.ones((4, 1)), np.ones(4), callbacks=[say], progress=False)
    0 ['loss', 'lr', 'seconds']
    """

    def __init__(self, **functions: Callable[..., Any] | None) -> None:
        known = (*OURS, *KERAS_MOMENTS)
        for name, function in functions.items():
            if name not in known:
                raise TypeError(f"LambdaCallback: unknown argument {name}; expected one of {', '.join(known)}")
            if function is not None and not callable(function):
                raise TypeError(f"LambdaCallback: {name} must be a function, got {type(function).__name__}")
        self.functions = {name: function for name, function in functions.items() if function is not None}

    def _call(self, ours: str, run: Run) -> None:
        for name, function in self.functions.items():
            if name == ours:
                function(run)
            elif ours in MOMENTS.get(name, ()):
                logs = last_numbers(run) if name in ("on_epoch_end", "on_train_end") else {}
                batch = len(run.history.steps["loss"]) - self._before
                if "batch" in name:
                    steps = {key: values[-1] for key, values in run.history.steps.items() if values}
                    function(batch - 1 if ours == "after_step" else batch, steps)
                elif "epoch" in name:
                    function(run.epoch - 1, logs)
                else:
                    function(logs)

    _before = 0  # steps before this epoch

    def at_start(self, run: Run) -> None:
        self._call("at_start", run)

    def before_epoch(self, run: Run) -> None:
        self._before = len(run.history.steps["loss"])
        self._call("before_epoch", run)

    def before_step(self, run: Run) -> None:
        self._call("before_step", run)

    def after_step(self, run: Run) -> None:
        self._call("after_step", run)

    def after_epoch(self, run: Run) -> None:
        self._call("after_epoch", run)

    def at_end(self, run: Run) -> None:
        self._call("at_end", run)

    def state_dict(self) -> dict[str, Any]:
        """The number of steps before this epoch, from which batches are counted."""
        return {"before": self._before}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Restore that number."""
        before = state_dict.get("before")
        if type(before) is not int:
            raise ValueError("LambdaCallback: the state does not contain the number of steps before the epoch")
        self._before = before


MOMENTS = {  # Keras's method -> ours
    "on_train_begin": ("at_start",),
    "on_epoch_begin": ("before_epoch",),
    "on_train_batch_begin": ("before_step",),
    "on_batch_begin": ("before_step",),
    "on_train_batch_end": ("after_step",),
    "on_batch_end": ("after_step",),
    "on_epoch_end": ("after_epoch",),
    "on_train_end": ("at_end",),
}


def last_numbers(run: Run) -> dict[str, float]:
    """The numbers of the last epoch."""
    return {name: values[-1] for name, values in run.history.epochs.items() if values}
