"""The file of a sweep: JSON lines, a row for each run, appended as soon as it is known."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from ...autograd.user_line import warn_user

Row = dict[str, Any]


class RunFile:
    """Rows on disk, each a line; without a path, none.

    A last line that a crash cut short is taken off, and its run counts as not made. Another damaged line is passed over, with a
    warning. Of several rows with one key the last one counts.
    """

    def __init__(self, path: str | os.PathLike[str] | None) -> None:
        self.path = None if path is None else Path(path)
        if self.path is not None and self.path.exists():
            self._repair(self.path)

    def rows(self) -> dict[str, Row]:
        """key -> row of every run that has been made."""
        found: dict[str, Row] = {}
        if self.path is None or not self.path.exists():
            return found
        with open(self.path, encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                try:
                    row = json.loads(line)
                    found[row["key"]] = row
                except (json.JSONDecodeError, KeyError, TypeError):
                    warn_user(f"sweep: line {number} of {self.path} is no row of a sweep; its run will be made again")
        return found

    def append(self, row: Row) -> None:
        """Write a row: in one piece, so that a crash cuts at most the last line."""
        if self.path is not None:
            with open(self.path, "ab") as out:
                out.write((json.dumps(row, allow_nan=False, ensure_ascii=False) + "\n").encode())

    @staticmethod
    def _repair(path: Path) -> None:
        with open(path, "r+b") as file:
            content = file.read()
            whole = content.rfind(b"\n") + 1
            if whole < len(content):
                file.truncate(whole)
