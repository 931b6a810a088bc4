"""The file of runs: JSON lines, one for each run of a sweep or of fit, appended as soon as it is complete."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .._wording import with_article
from ..autograd.user_line import warn_user
from .foreign_files import ENOUGH, recognized
from .source import damaged

Row = dict[str, Any]

BEGINNING = b'{"key"'  # of each line

STATUSES = ("ok", "diverged", "failed", "killed")
KINDS: dict[str, type | tuple[type, ...]] = {  # the fields of a row and their types
    "key": str, "params": dict, "status": str, "result": dict, "seed": (int, type(None)),
}  # fmt: skip


class RunFile:
    """Rows on disk, one per line; without a path, nothing is stored. Messages begin with `who`.

    A last line that was cut short by a crash is removed, and its run counts as missing. Other damaged lines are skipped with a
    warning. If several rows have the same key, the last one counts.
    """

    def __init__(self, path: str | os.PathLike[str] | None, who: str) -> None:
        self.path, self.who = None if path is None else Path(path), who
        if self.path is not None and self.path.exists():
            self._repair(self.path, who)
        elif self.path is not None and not self.path.parent.is_dir():  # now, not after the first run
            raise FileNotFoundError(
                f"{os.fspath(self.path)} cannot be written: there is no folder {os.fspath(self.path.parent)}"
            )

    def rows(self) -> dict[str, Row]:
        """key -> row of every run in the file."""
        if self.path is None or not self.path.exists():
            return {}
        return {row["key"]: row for row in _whole_rows(self.path, self.who, "; its run will be repeated")}

    def append(self, row: Row) -> None:
        """Write a row in one piece, so that a crash can only cut off the last line."""
        if self.path is not None:
            with open(self.path, "ab") as out:
                line = json.dumps(row, allow_nan=False, ensure_ascii=False) + "\n"
                out.write(line.encode(errors="backslashreplace"))  # a lone surrogate, as in some file names, becomes \udc80

    @staticmethod
    def _repair(path: Path, who: str) -> None:
        with open(path, "r+b") as file:
            content = file.read()
            _refuse_foreign(who, path, content)
            whole = content.rfind(b"\n") + 1
            if whole < len(content):
                file.truncate(whole)


def read_rows(path: str | os.PathLike[str]) -> list[Row]:
    """The rows of a file of runs. The file is not changed, because a run may be writing to it."""
    rows = {row["key"]: row for row in _whole_rows(Path(path), "reading runs", "; it is skipped")}
    if not rows:
        raise ValueError(f"{os.fspath(path)} contains no runs: sweep(out=…) and the callback RunLogger write such files")
    return list(rows.values())


def _whole_rows(path: Path, who: str, then: str) -> Iterator[Row]:
    """The rows of all complete lines; warn about each that is not a row."""
    content = path.read_bytes()
    _refuse_foreign(who, path, content)
    for number, line in enumerate(content.split(b"\n")[:-1], 1):
        try:
            row = json.loads(line)
            wrong = _fault(row)
        except (ValueError, RecursionError):
            wrong = "not JSON"
        if wrong:
            warn_user(f"{who}: line {number} of {path} is not the row of a run ({wrong}){then}")
        else:
            yield row


def _refuse_foreign(who: str, path: Path, content: bytes) -> None:
    """Raise for a file that cannot be a file of runs, so that nothing is cut off from it or added to it."""
    if content and not (content.startswith(BEGINNING) or b"\n" + BEGINNING in content or BEGINNING.startswith(content)):
        raise damaged(who, str(path), recognized(content[:ENOUGH], content[-65536:]) or "is not a file of runs, or is damaged")


def _fault(row: Any) -> str:
    """What is wrong with a row, or ""."""
    if not isinstance(row, dict):
        return with_article(type(row).__name__)
    for name, kind in KINDS.items():
        if not isinstance(row.get(name), kind):
            return f"its {name} is {row.get(name)!r}"
    if row["status"] not in STATUSES:
        return f"its status is {row['status']!r}"
    for table in ("curves", "steps"):
        curves = row.get(table)
        if not isinstance(curves, (dict, type(None))):
            return f"its {table} are {with_article(type(curves).__name__)}"
        for name, values in (curves or {}).items():
            if not isinstance(values, list) or not all(_is_number(v) for v in values):
                return f"{name!r} in its {table} is not a list of numbers"
    return ""


def _is_number(value: Any) -> bool:
    return value is None or (isinstance(value, (int, float)) and not isinstance(value, bool))
