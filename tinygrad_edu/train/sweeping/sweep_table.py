"""The results of a sweep: as rows, as a table, as curves with bands over seeds, as a heat map."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from ... import _shortcuts
from ..._files.run_file import Row, read_rows
from ..._wording import counted
from ..history import History
from .history_rows import history_of

if TYPE_CHECKING:
    from ...viz import Picture

Array = np.ndarray[Any, Any]

_RESULT = " (result)"  # appended to the name of a result if a parameter has the same name


class Sweep(Sequence[Row]):
    """The rows of a sweep, in the order of its grid.

    A row is a dict: params, seed, status ("ok", "diverged", "failed", "killed"), result (name -> number), seconds, and, if
    available, curves (name -> a number per epoch) and error. A number that is nan or infinite is None.

    >>> runs = Sweep([{"params": {"lr": lr}, "seed": 0, "status": "ok", "result": {"loss": lr * 2}} for lr in (0.1, 0.2)])
    >>> runs
    Sweep(2 runs: 2 ok)
    >>> runs.table()["loss"]
    array([0.2, 0.4])
    """

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = list(rows)

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> Sweep:
        """The runs in a file written by sweep(out=…) or the callback RunLogger."""
        return cls(read_rows(path))

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, i: Any) -> Any:
        return Sweep(self.rows[i]) if isinstance(i, slice) else self.rows[i]

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __repr__(self) -> str:
        statuses = [row["status"] for row in self.rows]
        counts = ", ".join(f"{statuses.count(s)} {s}" for s in ("ok", "diverged", "failed", "killed") if s in statuses)
        return f"Sweep({counted(len(self), 'run')}: {counts})"

    # --- as a table ---

    def column(self, name: str) -> Array:
        """The values [runs] of a parameter, a result, or "seed", "status", "seconds", "error".

        Missing values are nan among numbers, and None in other columns. If a parameter and a result have the
        same name, "loss (result)" is the result.
        """
        values = [_value(row, name) for row in self.rows]
        if all(value is None for value in values) and name not in self._names():
            raise ValueError(f"Sweep: there is no column {name!r}; the columns are {', '.join(self._names())}")
        if all(value is None or isinstance(value, (bool, int, float)) for value in values):
            if None not in values:
                return np.array(values)
            return np.array([np.nan if value is None else value for value in values], np.float64)
        column = np.empty(len(values), object)
        column[:] = values
        return column

    def table(self) -> dict[str, Array]:
        """Name -> column: the parameters, seed, status, the results, and, if there are any, seconds and errors."""
        return {name: self.column(name) for name in self._names()}

    def to_pandas(self) -> Any:
        """The table as a pandas DataFrame."""
        import pandas  # type: ignore[import-untyped,unused-ignore]  # its stubs are a separate package

        return pandas.DataFrame(self.table())

    def _names(self) -> list[str]:
        params = dict.fromkeys(name for row in self.rows for name in row["params"])
        results = dict.fromkeys(name for row in self.rows for name in row["result"])
        extra = [name for name in ("seconds", "error") if any(row.get(name) is not None for row in self.rows)]
        return [*params, "seed", "status", *(name + _RESULT if name in params else name for name in results), *extra]

    # --- the best runs ---

    def best(self, by: str = "loss", larger_is_better: bool = False) -> Row:
        """The row of the successful run with the smallest `by`, or with larger_is_better the largest."""
        found = [row for row in self.rows if row["status"] == "ok" and row["result"].get(by) is not None]
        if not found:
            raise ValueError(f"Sweep.best: no successful run has a number {by!r}")
        return sorted(found, key=lambda row: row["result"][by], reverse=larger_is_better)[0]

    def by_point(self, name: str = "loss") -> list[tuple[dict[str, Any], Array]]:
        """(parameters, values [seeds]) for every point: the result of each of its seeds, nan for a run without one."""
        groups: dict[str, tuple[dict[str, Any], list[float]]] = {}
        for row in self.rows:
            value = _outcome(row, name)
            groups.setdefault(repr(row["params"]), (row["params"], []))[1].append(np.nan if value is None else float(value))
        return [(params, np.array(values)) for params, values in groups.values()]

    def histories(self) -> dict[str, History]:
        """Name -> History for each run that has curves, for viz.compare or viz.loss_curves."""
        found: dict[str, History] = {}
        for row in self.rows:
            if row.get("curves"):
                name = row.get("name") or ", ".join(map(str, row["params"].values())) + f", seed {row['seed']}"
                found[name if name not in found else f"{name} ({row['key']})"] = history_of(row)
        return found

    # --- plots ---

    def plot(self, x: str = "lr", y: str = "loss", by: str = "optimizer", *, log_x: bool = True, log_y: bool = True) -> Picture:
        """Plot y over x, one line per value of `by`: the mean over seeds, in a band from the minimum to the maximum.

        A point where some seed did not end with a number breaks the line, which shows where a rule diverges. If several points
        have the same x, the one with the smallest mean is plotted.
        """
        lines, bands = {}, {}
        self._values_of(x)  # raises if there is none
        rows = [row for row in self.rows if row["params"].get(x) is not None]
        wrong = [row["params"][x] for row in rows if not isinstance(row["params"][x], (int, float))]
        if wrong or not rows:
            found = f"has the value {wrong[0]!r}" if wrong else "is None"
            raise ValueError(f"Sweep.plot: x needs numbers, but the parameter {x!r} {found}; heatmap() shows other values")
        for name in dict.fromkeys(_param(row, by) for row in rows):
            mine = Sweep([row for row in rows if _param(row, by) == name])
            points = sorted(((params[x], values) for params, values in mine._along(x, y)), key=lambda p: p[0])
            xs, label = [p[0] for p in points], str(name) if name is not None else y
            lines[label] = xs, [values.mean() for _, values in points]
            bands[label] = xs, [values.min() for _, values in points], [values.max() for _, values in points]
        title = f"{y} for each {x}, {self._seeds()}"
        picture: Picture = _shortcuts.load("viz").plot(
            lines, bands=bands, title=title, xlabel=x, ylabel=y, log_x=log_x, log_y=log_y
        )
        return picture

    def heatmap(self, x: str = "lr", y: str = "optimizer", value: str = "loss") -> Picture:
        """The mean of `value` over the seeds (and other parameters) for each x and y; × marks cells with missing results."""
        columns, rows = self._values_of(x), self._values_of(y)
        cells = np.full((len(rows), len(columns)), np.nan)
        for i, r in enumerate(rows):
            for j, c in enumerate(columns):
                found = [_outcome(row, value) for row in self.rows if _param(row, x) == c and _param(row, y) == r]
                if found and None not in found:
                    cells[i, j] = np.mean(found)
        title = f"{value} at the end, mean of {self._seeds()}"
        picture: Picture = _shortcuts.load("viz").heatmap(cells, rows, columns, title=title, xlabel=x, ylabel=y)
        return picture

    def _seeds(self) -> str:
        return counted(len({row["seed"] for row in self.rows}), "seed")

    def _values_of(self, name: str) -> list[Any]:
        """The values of a parameter: numbers in order, others in the order of the grid."""
        if not self.rows:
            raise ValueError("Sweep: there are no runs to show")
        if not any(name in row["params"] for row in self.rows):
            raise ValueError(f"Sweep: there is no parameter {name!r}; the parameters are {', '.join(self.rows[0]['params'])}")
        values = list(dict.fromkeys(_param(row, name) for row in self.rows))
        return sorted(values) if all(isinstance(v, (int, float)) for v in values) else values

    def _along(self, x: str, y: str) -> list[tuple[dict[str, Any], Array]]:
        """For each x, the values of y for all seeds; if several points have that x, those of the one with the smallest mean."""
        best: dict[Any, tuple[dict[str, Any], Array]] = {}
        for params, values in self.by_point(y):
            old = best.get(params[x])
            if old is None or np.isnan(old[1]).any() or values.mean() < old[1].mean():
                best[params[x]] = params, values
        return list(best.values())

    def _repr_html_(self) -> str:
        names = self._names()
        head = "".join(f"<th>{escape(name)}</th>" for name in names)
        cells = [[escape(_text(_value(row, name))) for name in names] for row in self.rows[:200]]
        body = "".join(f"<tr>{''.join(f'<td>{text}</td>' for text in row)}</tr>" for row in cells)
        more = f"<p>… and {len(self) - 200} more</p>" if len(self) > 200 else ""
        return f"<table><tr>{head}</tr>{body}</table>{more}"


def _value(row: Row, name: str) -> Any:
    """The value of a row in a column of the table."""
    if name in row["params"]:
        return row["params"][name]
    return _outcome(row, name.removesuffix(_RESULT))


def _outcome(row: Row, name: str) -> Any:
    """A result of a run, or else its field or parameter of this name; fit's loss may be both a result and a parameter."""
    for part in (row["result"], row, row["params"]):
        if name in part:
            return part[name]
    return None


def _param(row: Row, name: str) -> Any:
    """A parameter in a form that can be compared and counted: a tuple for a list, such as Adam's betas."""
    value = row["params"].get(name)
    return repr(value) if isinstance(value, dict) else _tuple(value)


def _tuple(value: Any) -> Any:
    return tuple(map(_tuple, value)) if isinstance(value, list) else value


def _text(value: Any) -> str:
    return "" if value is None else f"{value:.4g}" if isinstance(value, float) else str(value)
