"""Recorder: frames of a training run, for history.replay()."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ... import _shortcuts
from ..._language import speaking
from ..callbacks import Callback, Run
from .shown_rows import Array, ShownRows, fewer

VALUES = 1000  # the maximum number of values per parameter in a frame; larger parameters are sampled evenly
PARAMETERS = 40  # the maximum number of parameters in a frame, the first ones of the model


@dataclass(frozen=True)
class Frame:
    """The model and its gradients before update `step`, counted from 0, in epoch `epoch`, or at the end of the run.

    weights, grads, norms  parameter -> its values, its gradient, (‖w‖, ‖g‖); at the end there are no gradients
    rows, points           the outputs for the rows and for the points between them
    findings               what the graph of this step's loss shows: (kind, text in English)
    """

    step: int
    epoch: int
    weights: Mapping[str, Array]
    grads: Mapping[str, Array]
    norms: Mapping[str, tuple[float, float]]
    rows: Array | None
    points: Array | None
    findings: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Recording:
    """The frames of a run, and the rows shown in them; `korean` maps the findings' English texts to Korean ones."""

    frames: list[Frame] = field(default_factory=list)
    shown: ShownRows | None = None
    left_out: int = 0  # number of parameters that are not in the frames
    korean: dict[str, str] = field(default_factory=dict)


class Recorder(Callback):
    """Keep frames of a run: with `fit(…, record=Recorder(every=10))`, `history.replay()` is a page with a time slider.

    every     keep a frame before each every-th update
    frames    at most this many, and one at the end: when there are more, every second one is dropped and `every` is doubled
    data      (X, y) whose predictions are shown; the default is up to 300 of the training rows
    findings  examine the graph of the loss in each frame, as viz.graph(loss, model).findings does; this is the slowest part

    A frame has the outputs for the data, a sample of the values and the gradient of each of the first 40 parameters, and the
    findings. It costs a forward pass in eval mode and an examination of the graph; the results of the run do not change.

    >>> import tinygrad_edu as tg
    >>> X, y = tg.data.moons(60)
    >>> model = tg.nn.MLP([2, 4, 1])
    >>> history = tg.train.fit(model, X, y, loss="binary_crossentropy", epochs=4, progress=False, record=Recorder(every=2))
    >>> [frame.step for frame in history.recording.frames]
    [0, 2, 4, 6, 8]
    """

    def __init__(
        self, every: int = 1, *, frames: int = 200, data: tuple[Any, Any] | None = None, findings: bool = True
    ) -> None:
        for name, value, least in (("every", every, 1), ("frames", frames, 2)):
            if type(value) is not int or value < least:
                raise ValueError(f"Recorder: {name} must be a whole number >= {least}, got {value!r}")
        if data is not None and (not isinstance(data, (tuple, list)) or len(data) != 2):
            raise TypeError(f"Recorder: data must be (X, y), got {type(data).__name__}")
        self.every, self.most, self.data, self.findings = every, frames, data, findings

    def at_start(self, run: Run) -> None:
        self._every = self.every
        self._names = dict(list(run.model.named_parameters())[:PARAMETERS])
        self.recording = run.history.recording = Recording(left_out=max(0, len(list(run.model.parameters())) - PARAMETERS))

    def before_step(self, run: Run) -> None:
        step = len(run.history.steps["loss"])
        if step % self._every:
            return
        if self.recording.shown is None:
            self._show(run)
        frames = self.recording.frames
        if len(frames) >= self.most:
            frames[:] = frames[::2]
            self._every *= 2
            if step % self._every:
                return
        frames.append(self._frame(run, step, _findings(run, self.recording.korean) if self.findings else ()))

    def at_end(self, run: Run) -> None:
        frames, step = self.recording.frames, len(run.history.steps["loss"])
        if frames and frames[-1].step < step:
            frames.append(self._frame(run, step, (), ended=True))

    def _show(self, run: Run) -> None:
        rows = self.data or run.rows
        if rows is None:
            return
        shown = ShownRows.of_run(run, rows if self.data is not None else fewer(rows))
        self.recording = run.history.recording = replace(self.recording, shown=shown)

    def _frame(self, run: Run, step: int, findings: tuple[tuple[str, str], ...], ended: bool = False) -> Frame:
        weights, grads, norms = {}, {}, {}
        for name, p in self._names.items():
            grad = None if ended or p._grad is None else p._grad._data
            weights[name] = _sample(p._data)
            grads[name] = _sample(grad) if grad is not None else np.zeros(0, np.float32)
            norms[name] = _norm(p._data), (math.nan if grad is None else _norm(grad))
        shown = self.recording.shown
        rows, points = (None, None) if shown is None else shown.outputs(run.model)
        return Frame(step, run.epoch, weights, grads, norms, rows, points, findings)


def _findings(run: Run, korean: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """The findings of the loss's graph, in English; translations of their texts are added to `korean`."""
    if run.loss is None:  # a compiled step leaves no graph
        return ()
    graph = _shortcuts.load("viz").graph(run.loss, run.model)
    with speaking("en"):
        found = tuple((finding.what, str(finding)) for finding in graph.findings)
    if any(text not in korean for _, text in found):
        with speaking("ko"):
            korean |= {text: str(finding) for (_, text), finding in zip(found, replace(graph).findings, strict=True)}
    return found


def _sample(values: Array) -> Array:
    flat = values.reshape(-1)
    every = max(1, -(-flat.size // VALUES))
    return flat[::every].astype(np.float32)  # a copy


def _norm(values: Array) -> float:
    return float(np.linalg.norm(values.astype(np.float64)))
