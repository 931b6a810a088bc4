"""Training runs side by side: a page with their curves and a table to filter, sort and compare."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from typing import Any

from ..._language import translate
from ..charts.curves import thinned
from ..render.escape import escaped
from ..render.number_format import number, rounded
from ..render.page import Page
from ..render.page_template import fill, looks, script_json, template
from ..render.style import DASHES
from .run_records import RunRecord, records_of

DIGITS = 5  # significant digits of curves and results
NUMBERS = 130_000  # approximate limit for the curves of a page, at about 7 bytes each
FEWEST = 50  # no curve is reduced to fewer numbers
GROUPS = 8  # the number of colors


def compare(runs: Any, *, title: str = "") -> Page:
    """One page for many runs: their curves, a table to filter and sort, and the differences between any two; it works offline.

    runs   a train.History, or a dict of names and History objects; a Sweep; the path of a file written by
           `train.sweep(out=…)` or the callback `train.RunLogger`; or a list of these

    A page of 50 runs is smaller than 1 MB: long curves are reduced to the extremes of each segment. Runs can be filtered by
    name, parameters and results, as in `optimizer=adam lr<0.1 val_loss<0.5` or `loss=nan`. "–" means that a number was not
    measured; a × marks where a curve becomes NaN or infinite. Infinity is shown as NaN if it comes from a file of runs.

    >>> import tinygrad_edu as tg
    >>> first, second = tg.train.History(), tg.train.History()
    >>> first.epoch({"loss": 2.0}); second.epoch({"loss": 1.0})
    >>> print(compare({"SGD": first, "Adam": second}))
    2 runs
    name    loss
    Adam    1
    SGD     2
    """
    records = records_of(runs)
    count = translate("{n} runs").format(n=len(records)) if len(records) != 1 else translate("1 run")
    heading, title = "{{title}}" if title else "{{text:Training runs}}", title or translate("Training runs")
    example = _example(records)
    columns = _columns(records)
    values = {
        "title": html.escape(_clean(title)),
        "count": count,
        "example": html.escape(example),
        "table": _table(records, columns),
        "data": script_json(_data(records, columns)),
        **looks(),
    }
    page = template(__package__, "run_comparison.html", ["run_comparison.js"]).replace("{{heading}}", heading)
    page = page.replace("{{text:part of a name}}", "{{example}}") if example else page
    return Page(fill(page, values), _text(records, columns, count), title)


def _clean(text: str) -> str:
    return escaped(text, "xml")


def _columns(records: Sequence[RunRecord]) -> list[str]:
    params = dict.fromkeys(name for record in records for name in record.params)
    results = dict.fromkeys(name for record in records for name in record.result if name not in params)
    extra = ["status"] if any(record.status != "ok" for record in records) else []
    timed = ["seconds"] if any(record.seconds is not None for record in records) and "seconds" not in results else []
    notes = ["note"] if any(record.note for record in records) else []
    return ["name", *params, *extra, *results, *timed, *notes]


def _ranked(records: Sequence[RunRecord]) -> list[int]:
    """The indices of the runs that ended normally with a finite val_loss (loss, if no run has that), the smallest first."""
    by = next((name for name in ("val_loss", "loss") if any(r.result.get(name) is not None for r in records)), "")
    known = [k for k, record in enumerate(records) if _is_finite(record.result.get(by)) and record.status == "ok"]
    return sorted(known, key=lambda k: records[k].result[by])


def _is_finite(value: Any) -> bool:
    return isinstance(value, (int, float)) and math.isfinite(value)


def _example(records: Sequence[RunRecord]) -> str:
    """An example filter for the columns of this page, if there is one."""
    parts = []
    for name, value in (records[0].params if records else {}).items():
        if isinstance(value, str) and " " not in value:
            parts.append(f"{name}={value.lower()}")
        elif isinstance(value, float):
            parts.append(f"{name}<={value:g}")
    return " ".join(parts[:2])


def _data(records: Sequence[RunRecord], columns: list[str]) -> dict[str, Any]:
    curves = sum(len(record.epochs) + len(record.steps) for record in records)
    long = max((len(v) for record in records for c in (record.epochs, record.steps) for v in c.values()), default=0)
    most = max(FEWEST, NUMBERS // max(curves, 1) // (1 if long * curves <= NUMBERS else 2))  # a thinned curve also has indices
    ranked = _ranked(records)
    groups = _groups(records)
    return {
        "columns": columns,
        "dashes": DASHES,
        "groups": list(groups),
        "color": next((name for name, n in groups.items() if len(records) > GROUPS and n <= GROUPS), ""),
        "pair": ranked[:2] if len(ranked) > 1 else [None, None],
        "runs": [
            {
                "name": _clean(record.name), "params": {name: _stored(v) for name, v in record.params.items()},
                "result": {name: _short(v) for name, v in record.result.items()},
                "status": record.status, "note": record.note, "seconds": record.seconds,
                "epochs": {name: _curve(values, most) for name, values in record.epochs.items()},
                "steps": {name: _curve(values, most) for name, values in record.steps.items() if values},
            }
            for record in records
        ],
    }  # fmt: skip


def _groups(records: Sequence[RunRecord]) -> dict[str, int]:
    """Parameter -> the number of its values, for those that have more than one."""
    names = dict.fromkeys(name for record in records for name in record.params)
    counts = {name: len({repr(record.params.get(name)) for record in records}) for name in names}
    return {name: n for name, n in counts.items() if n > 1}


def _curve(values: Sequence[float], most: int) -> dict[str, Any]:
    """The numbers to draw, and their indices if some were left out."""
    kept = thinned(values, most)
    y = [_short(v) for _, v in kept]
    return {"y": y} if len(kept) == len(values) else {"at": [i for i, _ in kept], "y": y}


def _short(value: Any) -> Any:
    """A float rounded to DIGITS; other values as they are stored."""
    return rounded(value, DIGITS) if isinstance(value, float) and math.isfinite(value) else _stored(value)


def _stored(value: Any) -> Any:
    """JSON has no NaN or infinity: the page reads {"$number": "NaN"}, {"$number": "Infinity"} or {"$number": "-Infinity"}."""
    if not isinstance(value, float) or math.isfinite(value):
        return value
    return {"$number": "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"}


def _table(records: Sequence[RunRecord], columns: list[str]) -> str:
    words = {"name", "status", "note"} | {c for c in columns if any(isinstance(r.value(c), str) for r in records)}
    shown = map(_heading, columns)
    head = "".join(
        f'<th scope="col"{_class("words" * (c in words))}>{html.escape(text)}</th>'
        for c, text in zip(columns, shown, strict=True)
    )
    body = []
    for k, record in enumerate(records):
        cells = [f'<th scope="row">{html.escape(_clean(record.name))}</th>']
        for c in columns[1:]:
            text = html.escape(_shown(record.value(c)))
            kind = " ".join(
                filter(None, ["words" * (c in words), "hint" * (c == "note"), "bad" * (text in BAD and c == "status")])
            )
            tip = f' title="{text}"' if c == "note" else ""
            cells.append(f"<td{_class(kind)}{tip}>{text}</td>")
        body.append(f'<tr data-run="{k}">{"".join(cells)}</tr>')
    return f"<thead><tr>{head}</tr></thead>\n<tbody>{''.join(body)}</tbody>"


def _heading(column: str) -> str:
    """The heading of a column: four are translated, as in the page's script; parameters and results keep their names."""
    own = {"name": translate("name"), "status": translate("status"), "seconds": translate("seconds"), "note": translate("note")}
    return own.get(column) or _clean(column)


BAD = ("diverged", "failed", "killed")


def _class(kind: str) -> str:
    return f' class="{kind}"' if kind else ""


def _shown(value: Any) -> str:
    if value is None:
        return "–"
    return number(value).replace("-", "−").replace("Inf", "∞") if isinstance(value, (int, float)) else _clean(str(value))


def _text(records: Sequence[RunRecord], columns: list[str], count: str) -> str:
    """The table as text: the best run first, those that failed or have no finite loss last; at most 20 runs and 8 columns."""
    ranked = _ranked(records)
    order = [*ranked, *(k for k in range(len(records)) if k not in ranked)][:20]
    rows = [columns[:8], *([_shown(records[k].value(c)) for c in columns[:8]] for k in order)]
    widths = [max(len(row[j]) for row in rows) for j in range(len(rows[0]))]
    lines = ["    ".join(text.ljust(w) for text, w in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([count, *lines, *([f"and {len(records) - 20} more"] if len(records) > 20 else [])])
