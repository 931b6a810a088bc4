"""Progress of a long loop: a progress bar if tqdm is installed and the output is interactive, plain lines otherwise."""

from __future__ import annotations

import importlib.util
import sys
import time
from types import TracebackType
from typing import Any, TextIO

from .._numbers import with_numbers


class Progress:
    """Show the progress of a loop with `total` steps, together with some numbers.

    with Progress(total, "training") as bar:
        for ...:
            bar.step(loss=…, acc=…)

    A terminal, or a notebook with ipywidgets, shows a progress bar if tqdm is installed; otherwise a line is printed at most
    every `every` seconds, and one at the end: to stderr, but in a notebook to stdout, because notebooks color stderr red.
    shown=False shows nothing. `done` steps were completed before.

    >>> import sys
    >>> with Progress(2, "epochs", file=sys.stdout) as bar:
    ...     bar.step(loss=0.5)
    ...     bar.step(loss=0.25)
    epochs 2/2 loss 0.2500
    """

    @with_numbers
    def __init__(
        self, total: int, label: str, *, every: float = 2.0, file: TextIO | None = None, shown: bool = True, done: int = 0
    ) -> None:
        self.total, self.label, self.every, self.shown = total, label, every, shown
        self._in_a_cell = file is None and in_a_notebook()
        self.file = file if file is not None else sys.stdout if self._in_a_cell else sys.stderr
        self.done = done
        self._numbers = ""
        self._last = time.monotonic()
        self._bar: Any = None

    def __enter__(self) -> Progress:
        if self.shown and importlib.util.find_spec("tqdm"):
            if not self._in_a_cell and self.file.isatty():
                from tqdm import tqdm

                self._bar = tqdm(total=self.total, initial=self.done, desc=self.label, file=self.file, leave=True)
            elif self._in_a_cell and importlib.util.find_spec("ipywidgets"):
                from tqdm.notebook import tqdm

                self._bar = tqdm(total=self.total, initial=self.done, desc=self.label, leave=True)
        return self

    def step(self, **numbers: float) -> None:
        """Advance by one step; `numbers` are shown next to it."""
        self.done += 1
        self._numbers = " ".join(f"{name} {value:.4f}" for name, value in numbers.items())
        if self._bar is not None:
            self._bar.update(1)
            self._bar.set_postfix_str(self._numbers, refresh=False)
        elif time.monotonic() - self._last >= self.every and self.done < self.total:
            self._line()

    def _line(self) -> None:
        if self.shown:
            self._last = time.monotonic()
            print(f"{self.label} {self.done}/{self.total} {self._numbers}".rstrip(), file=self.file, flush=True)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        if self._bar is not None:
            self._bar.close()
        elif self.done:
            self._line()


def in_a_notebook() -> bool:
    """Whether this process is the kernel of a notebook; does not import IPython."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return type(shell).__name__ == "ZMQInteractiveShell"
