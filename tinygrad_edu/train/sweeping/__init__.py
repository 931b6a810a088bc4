"""Many small training runs: rules × rates × seeds, on the cores of this machine or on a cluster, one row for each."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable
from typing import Any

from ..._files.run_file import RunFile
from ..._numbers import with_numbers
from ...autograd.user_line import warn_user
from ...nn import Module
from ..progress import Progress
from .fingerprint import describe
from .model_task import FitModel
from .points import Grid, points_of
from .schedulers import find_scheduler
from .sweep_table import Sweep


@with_numbers
def sweep(
    task: Callable[..., Any] | Module,
    grid: Grid,
    scheduler: Any = "processes",
    *,
    seeds: int | Iterable[int] = 1,
    out: str | os.PathLike[str] | None = None,
    data: Any = None,
    workers: int | None = None,
    retry: bool = False,
    progress: bool = True,
    **options: Any,
) -> Sweep:
    """Run `task` at every point of a grid, with every seed; return the rows as a Sweep, which gives tables and plots.

    task       a function that takes a point's parameters and returns a History or a dict of numbers; or, with `data`, a model:
               a Module, whose weights are redrawn for each run, or a function that returns one
    grid       name -> values, for all combinations; or a list of dicts. For a model: "optimizer" (a name in optim.RULES), its
               options ("lr", …), and those of fit ("batch_size", …)
    scheduler  where to run: "processes": in as many processes as cores, by joblib (extra `train`); None: one after the other,
               in this process; or a dask.distributed.Client (extra `dask`), on one machine or many
    seeds      how many, from 0 on, or a list: each run seeds all random generators, so that every rule gets the same initial
               weights and the same shuffles; a task with an argument `seed` receives it
    out        a file of JSON lines, to which each row is appended when its run has ended: runs in it are not repeated
    data       (X, y) for a model, or a loader; `options` are those of fit: loss=, epochs=, …
    workers    the number of processes, instead of one per core
    retry      run failed, killed and diverged points again

    Each run uses one thread. A run that raises an error becomes a row with status "failed", one with a loss that is NaN or
    infinite "diverged", one whose process died "killed"; other rows are not affected. All schedulers give the same rows, except
    for the seconds. Functions defined in a script are sent to the processes by value; the modules that they import must be
    available there. A script that creates a Dask cluster needs `if __name__ == "__main__":`; with `allowed-failures: 0` Dask
    gives up on a killed run immediately.

    >>> def parabola(x, seed):
    ...     return {"loss": (x - 2) ** 2 + seed}
    >>> runs = sweep(parabola, {"x": [1, 2, 3]}, None, seeds=2, progress=False)
    >>> runs.best()["params"], runs.column("loss").tolist()
    ({'x': 2}, [1, 2, 0, 1, 1, 2])
    """
    points = points_of(grid, seeds)
    if data is not None:
        task = FitModel(task, data, options)
    elif isinstance(task, Module) or options:
        wrong = f"; there is no option {next(iter(options))!r} without data" if options else ""
        raise TypeError(f"sweep: to fit a model, pass data=(X, y){wrong}")
    make_runs = find_scheduler(scheduler, workers)
    text = task.fingerprint() if isinstance(task, FitModel) else describe(task)
    version = hashlib.sha256(text.encode()).hexdigest()[:12]
    file = RunFile(out, "sweep")
    done = {key: row for key, row in file.rows().items() if not retry or row["status"] == "ok"}
    known = [point.key for point in points if point.key in done]
    if any(done[key].get("task", version) != version for key in known):
        warn_user(f"sweep: rows of {out} come from another version of the task, and are kept; use another file to start over")
    todo = [point for point in points if point.key not in done]
    with Progress(len(points), "runs", done=len(known), shown=progress) as bar:
        for row in make_runs(task, todo):
            row["task"] = version
            file.append(row)
            done[row["key"]] = row
            bar.step()
    return Sweep([done[point.key] for point in points])
