"""The runs to compare, from a History, a Sweep or a file of runs, as records of one kind."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from ..._files.run_file import read_rows

Curves = dict[str, list[float]]


@dataclass(frozen=True)
class RunRecord:
    """One run: its parameters, how it ended, its results, and its curves over epochs and updates."""

    name: str
    params: dict[str, Any]
    status: str
    note: str
    result: dict[str, Any]
    seconds: float | None
    epochs: Curves
    steps: Curves

    def value(self, column: str) -> Any:
        """The run's value in a column of the table."""
        for part in (self.params, self.result):
            if column in part:
                return part[column]
        return getattr(self, column, None)


def records_of(runs: Any) -> list[RunRecord]:
    """The given runs, with unique names: a repeated one gets a number, as in "a", "a (2)"."""
    found = _records(runs, "")
    if not found:
        raise ValueError("compare: there are no runs to compare")
    taken = {record.name for record in found}
    named: dict[str, RunRecord] = {}
    for record in found:
        numbered = (f"{record.name} ({k})" for k in count(2))
        name = next(name for name in numbered if name not in taken) if record.name in named else record.name
        taken.add(name)
        named[name] = replace(record, name=name)
    return list(named.values())


def _records(runs: Any, name: str) -> list[RunRecord]:
    if isinstance(runs, (str, os.PathLike)):
        return [_of_row(row) for row in read_rows(runs)]
    if hasattr(runs, "epochs") and hasattr(runs, "steps"):
        return [_of_history(runs, name or "run 1")]
    if hasattr(runs, "rows") and not isinstance(runs, Mapping):  # a Sweep
        return [_of_row(row) for row in runs.rows]
    if isinstance(runs, Mapping):
        return [record for key, run in runs.items() for record in _records(run, str(key))]
    if isinstance(runs, Sequence):
        return [record for k, run in enumerate(runs, 1) for record in _records(run, f"run {k}")]
    raise TypeError(
        "compare: runs must be a History, a dict of names and History objects, a Sweep, the path of a file of runs, or a list "
        f"of these, got {type(runs).__name__}"
    )


def _of_history(history: Any, name: str) -> RunRecord:
    epochs, steps = _numbers(history.epochs), _numbers(history.steps)
    source = epochs if epochs else {key: values for key, values in steps.items() if key not in ("seconds", "grad_norm")}
    result = {key: values[-1] for key, values in source.items() if values and key not in ("lr", "seconds")}
    times = epochs.get("seconds")
    seconds = round(sum(filter(math.isfinite, times)), 4) if times else None
    status = "diverged" if history.stopped.startswith("DivergedError") else "ok"
    return RunRecord(name, {}, status, history.stopped, result, seconds, _elapsed(epochs), steps)


def _of_row(row: Mapping[str, Any]) -> RunRecord:
    seed = {} if row.get("seed") is None else {"seed": row["seed"]}
    params = {**row["params"], **seed}
    name = row.get("name") or ", ".join(map(str, row["params"].values())) + (f", seed {row['seed']}" if seed else "")
    note = str(row.get("error") or row.get("stopped") or "")
    epochs, steps = _elapsed(_numbers(row.get("curves") or {})), _numbers(row.get("steps") or {})
    result = {key: math.nan if v is None else v for key, v in row["result"].items()}
    return RunRecord(name, params, row["status"], note, result, row.get("seconds"), epochs, steps)


def _numbers(curves: Mapping[str, Iterable[float | None]]) -> Curves:
    """The curves as floats; a row of a file has None for NaN and infinity."""
    return {name: [math.nan if v is None else float(v) for v in values] for name, values in curves.items()}


def _elapsed(epochs: Curves) -> Curves:
    """The curves with the seconds of each epoch replaced by the seconds since the start, as in the curves over updates."""
    if "seconds" not in epochs:
        return epochs
    total, since = 0.0, []
    for v in epochs["seconds"]:
        total += v if math.isfinite(v) else 0.0
        since.append(total)
    return {**epochs, "seconds": list(since)}
