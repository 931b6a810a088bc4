"""Checkpoint: the callback that saves a run at intervals."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..._files.source import Readable
from .base import Callback, Run


class Checkpoint(Callback):
    """Save the whole run, for fit(resume=…): weights, optimizer, schedule, random state, History, callbacks, and the position
    in the data.

    path         may contain "{epoch}" and "{step}", which are replaced by numbers; otherwise the file is replaced each time
    every        the number of epochs between saves; 0: do not save after epochs
    every_steps  the number of updates between saves, also in the middle of an epoch; 0: do not save after updates
    keep_last    keep only this many of the files written by this run, the newest ones; None: keep all
    """

    after_others = True  # the file contains the state of the other callbacks

    def __init__(
        self, path: str | os.PathLike[str], every: int = 1, *, every_steps: int = 0, keep_last: int | None = None
    ) -> None:
        self.path, self.every, self.every_steps, self.keep_last = os.fspath(path), every, every_steps, keep_last
        self._written: list[str] = []
        for name, value, least in (("every", every, 0), ("every_steps", every_steps, 0), ("keep_last", keep_last, 1)):
            if value is not None and (type(value) is not int or value < least):
                raise ValueError(f"Checkpoint: {name} must be a whole number >= {least}, got {value!r}")
        try:
            numbered = self.path.format(epoch=1, step=1)
        except (KeyError, IndexError, ValueError) as error:
            raise ValueError(
                f"Checkpoint: {self.path!r} may contain {{epoch}} and {{step}}, and nothing else in braces ({error})"
            ) from None
        if keep_last is not None and numbered == self.path:
            raise ValueError("Checkpoint: keep_last needs {epoch} or {step} in the path: there is only one file otherwise")

    def after_step(self, run: Run) -> None:
        steps = len(run.history.steps["loss"])
        if self.every_steps and steps % self.every_steps == 0:
            self._save(run, steps)

    def after_epoch(self, run: Run) -> None:
        if self.every and run.epoch % self.every == 0:
            self._save(run, len(run.history.steps["loss"]))

    def _save(self, run: Run, steps: int) -> None:
        path = self.path.format(epoch=run.epoch, step=steps)
        gone = [other for other in self._written if other != path]
        gone = gone[: len(gone) - self.keep_last + 1] if self.keep_last is not None else []
        before, self._written = self._written, [other for other in self._written if other not in (path, *gone)] + [path]
        try:
            run.save(path)  # the file contains the updated list
        except BaseException:
            self._written = before
            raise
        for other in gone:  # only now, so that there are never fewer files than before
            with contextlib.suppress(FileNotFoundError):
                os.unlink(other)

    def state_dict(self) -> dict[str, Any]:
        """The files written by this run, without those it has deleted."""
        return {"written": list(self._written)}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Restore the list of files. Only names that fit the path are accepted, so that no state can delete other files."""
        written = state_dict.get("written")
        if not isinstance(written, list) or not all(isinstance(name, str) for name in written):
            raise ValueError("Checkpoint: the names of the files written are missing")
        mine = self._pattern()
        self._written = [name for name in written if mine.fullmatch(str(Path(name)))]

    def newest(self) -> Path | None:
        """The file for this path that was written last, by any run; None if there is none."""
        folder, mine = Path(self.path).parent, self._pattern()
        if "{" in str(folder):
            raise ValueError(f"Checkpoint: the newest file of {self.path!r} can be found only if its folder path has no braces")
        names = [folder / name for name in os.listdir(folder)] if folder.is_dir() else []
        found = [name for name in names if mine.fullmatch(str(name)) and name.is_file()]
        return max(found, key=lambda name: name.stat().st_mtime_ns, default=None)

    def _pattern(self) -> re.Pattern[str]:
        marked = str(Path(self.path.format(epoch=_Mark(), step=_Mark())))
        return re.compile(re.escape(marked).replace(_MARK, r"\d+"))


_MARK = "0123456789MARK9876543210"


class _Mark:
    """A placeholder for a number in a path, in any format."""

    def __format__(self, spec: str) -> str:
        return _MARK


def find_saved(resume: Readable | bool | None, callbacks: Sequence[Callback]) -> Readable | None:
    """The file to resume from; None to start from the beginning."""
    if resume is None or resume is False:
        return None
    if resume is not True:
        return resume
    mine = [callback for callback in callbacks if isinstance(callback, Checkpoint)]
    if not mine:
        raise ValueError(
            "fit: resume=True needs a Checkpoint among the callbacks; without one, pass resume='the path of the file'"
        )
    return mine[0].newest()
