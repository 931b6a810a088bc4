"""LivePlot: a picture in a notebook that is updated while fit runs."""

from __future__ import annotations

import time
from typing import Any

from ... import _shortcuts
from ..callbacks import Callback, Run
from ..progress import in_a_notebook
from .shown_rows import ShownRows, fewer


class LivePlot(Callback):
    """Show one picture of the run in a notebook and update it: losses, metrics, and the decision boundary or fitted curve.

    every  redraw after at least this many seconds
    data   (X, y) to draw with the predictions; the default is up to 300 of the training rows

    The boundary or curve is drawn for one or two features. IPython's own display is updated: no widget is needed,
    and the saved notebook keeps the last picture. Outside a notebook nothing is shown. The results of the run do not change.

    >>> import tinygrad_edu as tg
    >>> X, y = tg.data.moons(60)
    >>> _ = tg.train.fit(tg.nn.MLP([2, 8, 1]), X, y, loss="binary_crossentropy", progress=False, callbacks=[LivePlot()])
    """

    def __init__(self, every: float = 0.5, *, data: tuple[Any, Any] | None = None) -> None:
        if not every >= 0:
            raise ValueError(f"LivePlot: every must be a number of seconds >= 0, got {every!r}")
        if data is not None and (not isinstance(data, (tuple, list)) or len(data) != 2):
            raise TypeError(f"LivePlot: data must be (X, y), got {type(data).__name__}")
        self.every, self.data = every, data

    def at_start(self, run: Run) -> None:
        self._on = in_a_notebook()
        self._handle: Any = None
        self._shown: ShownRows | None = None
        self._last = 0.0

    def before_step(self, run: Run) -> None:
        if self._on and self._shown is None and (self.data is not None or run.rows is not None):
            self._shown = ShownRows.of_run(run, self.data if self.data is not None else fewer(run.rows))  # type: ignore[arg-type]

    def after_step(self, run: Run) -> None:
        if self._on and time.monotonic() - self._last >= self.every:
            self._draw(run)

    def at_end(self, run: Run) -> None:
        if self._on:
            self._draw(run)

    def _draw(self, run: Run) -> None:
        _, points = (None, None) if self._shown is None else self._shown.outputs(run.model)
        picture = _shortcuts.load("viz").training_state(run.history, self._shown, points)
        if self._handle is None:
            from IPython.display import display

            self._handle = display(picture, display_id=True)
        else:
            self._handle.update(picture)
        self._last = time.monotonic()
