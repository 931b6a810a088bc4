"""Converting a History to fields of a row in a file of runs, and back."""

from __future__ import annotations

import math

from ..._files.run_file import Row
from ..history import History


def numbers_of(history: History) -> Row:
    """The last number of each curve except lr, and the curves; without the seconds, which vary."""
    curves = _without_nan({name: values for name, values in history.epochs.items() if name != "seconds"})
    return {"result": {name: values[-1] for name, values in curves.items() if values and name != "lr"}, "curves": curves}


def steps_of(history: History) -> dict[str, list[float | None]]:
    """The numbers of each update."""
    return _without_nan(history.steps)


def history_of(row: Row) -> History:
    """The History that a row came from, as far as it is stored."""
    history = History()
    history.epochs = _with_nan(row.get("curves") or {})
    history.steps |= _with_nan(row.get("steps") or {})
    history.stopped = row.get("stopped") or ("" if row["status"] == "ok" else str(row.get("error")))
    return history


def finite(value: float) -> float | None:
    """A number in a form that JSON can store: None for nan and infinity."""
    return float(value) if math.isfinite(value) else None


def _without_nan(curves: dict[str, list[float]]) -> dict[str, list[float | None]]:
    return {name: [finite(v) for v in values] for name, values in curves.items()}


def _with_nan(curves: dict[str, list[float | None]]) -> dict[str, list[float]]:
    return {name: [math.nan if v is None else v for v in values] for name, values in curves.items()}
