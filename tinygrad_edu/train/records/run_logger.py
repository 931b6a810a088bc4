"""A callback that appends each training run to a file of runs, which viz.compare and Sweep.read can open."""

from __future__ import annotations

import inspect
import os
import time
import uuid
from typing import Any

from ..._files.run_file import RunFile
from ...optim import Optimizer
from ..callbacks import Callback, Run
from ..ranks import ranks_of
from ..sweeping.history_rows import numbers_of, steps_of
from ..sweeping.points import plain


class RunLogger(Callback):
    """Append the run's History to a file of JSON lines when the run ends: one line per run, in the format of sweep(out=…).

    path    the file; created if it does not exist
    name    the name of the run; the default is its optimizer's name and learning rate
    params  what distinguishes the run, such as width=16: numbers and strings. The optimizer's name, its learning rate, and
            those of its options that differ from their defaults are added

    A run that diverged, failed or was stopped is recorded too. `viz.compare(path)` shows all runs in the file;
    `Sweep.read(path)` gives tables and plots of them. With a DistributedDataParallel, only rank 0 writes.

    >>> import os, tempfile
    >>> import tinygrad_edu as tg
    >>> path = os.path.join(tempfile.mkdtemp(), "runs.jsonl")
    >>> for lr in (0.1, 0.2):
    ...     model = tg.nn.Linear(1, 1)
    ...     optimizer = tg.optim.SGD(model.parameters(), lr=lr)
    ...     _ = tg.train.fit(model, [[1.0], [2.0]], [[2.0], [4.0]], optimizer=optimizer, progress=False,
    ...                      callbacks=[RunLogger(path)])
    >>> tg.train.Sweep.read(path).column("lr").tolist()
    [0.1, 0.2]
    """

    def __init__(self, path: str | os.PathLike[str], name: str = "", **params: Any) -> None:
        self.file, self.name = RunFile(path, "RunLogger"), name
        self.params = {key: plain(value, "RunLogger") for key, value in params.items()}

    def at_start(self, run: Run) -> None:
        self._params = {**self.params, **_settings(run.optimizer)}
        self._start = time.perf_counter()

    def at_end(self, run: Run) -> None:
        ranks = ranks_of(run.model)
        if ranks is not None and ranks.rank() != 0:
            return
        status = _status(run.stop)
        row = {
            "key": uuid.uuid4().hex[:12], "name": self.name or _name(self._params), "params": self._params, "seed": None,
            "status": status, **numbers_of(run.history), "steps": steps_of(run.history), "stopped": run.stop,
            "seconds": round(time.perf_counter() - self._start, 4),
        }  # fmt: skip
        self.file.append(row if status == "ok" else {**row, "error": run.stop})


def _settings(optimizer: Optimizer) -> dict[str, Any]:
    """The rule's name, its learning rate, and the options that differ from their defaults."""
    group, rule = optimizer.param_groups[0], type(optimizer)
    defaults = inspect.signature(rule).parameters
    changed = {k: group[k] for k in defaults if k in group and k != "params" and group[k] != defaults[k].default}
    options = {"lr": group["lr"], **changed}
    return {"optimizer": rule.__name__, **{k: repr(v) if callable(v) else plain(v) for k, v in options.items()}}


def _name(params: dict[str, Any]) -> str:
    return ", ".join(str(v) for k, v in params.items() if k in ("optimizer", "lr"))


def _status(stop: str) -> str:
    """How the run ended, from `Run.stop`: fit stores the exception's name and location there."""
    kind, error, _ = stop.partition(" in epoch ")
    if not error or not kind.isidentifier():
        return "ok"
    return "diverged" if kind == "DivergedError" else "failed"
