"""The rows whose outputs are shown during training, and the points between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..._tensor import Tensor
from ...autograd.grad_mode import no_grad
from ...autograd.node import from_array
from ...nn import Module
from ...nn.diagnostics.probabilities import squashed_by
from ...nn.module_modes import in_eval_mode
from ..callbacks import Run
from ..lookup import sample_output

Array = np.ndarray[Any, Any]

ROWS = 300  # at most this many rows are shown if no data are given
SIDE, CURVE = 44, 120  # points per axis of a plane, and on a line


@dataclass(frozen=True)
class ShownRows:
    """Rows X [N, …] with targets y, and `points` [P, features] if there are one or two features: a line or a grid.

    kind           "classes" or "numbers": what the model predicts
    probabilities  whether its outputs are probabilities, not logits
    box            the extent of the grid or line: (from, to) for each feature
    """

    X: Array
    y: Array
    kind: str
    probabilities: bool
    points: Array | None
    box: tuple[tuple[float, float], ...]

    @classmethod
    def of_run(cls, run: Run, data: tuple[Any, Any]) -> ShownRows:
        """The rows `data`, shown during `run`; to be called in before_step, where run.loss is set."""
        X, y = data
        dtype = next((p.dtype for p in run.model.parameters()), np.dtype(np.float32))
        row = X._data[:1] if isinstance(X, Tensor) else np.asarray(X)[:1]
        first = from_array(row.astype(dtype) if row.dtype.kind == "f" else row.copy())
        probabilities = bool(squashed_by(sample_output(run.model, first)))
        return cls.of(X, y, kind_of(y, run.loss, probabilities), probabilities, dtype)

    @classmethod
    def of(cls, X: Any, y: Any, kind: str, probabilities: bool, dtype: Any) -> ShownRows:
        """Add the points between the rows, extending slightly beyond them."""
        X, y = (np.asarray(v._data if isinstance(v, Tensor) else v) for v in (X, y))
        X = X.astype(dtype) if X.dtype.kind == "f" else X
        points: Array | None = None
        box: tuple[tuple[float, float], ...] = ()
        if X.ndim == 2 and X.shape[1] in (1, 2) and X.dtype.kind == "f" and len(X):
            low, high = X.min(0), X.max(0)
            room = 0.12 * np.maximum(high - low, 1e-9)
            box = tuple((float(a), float(b)) for a, b in zip(low - room, high + room, strict=True))
            n = SIDE if X.shape[1] == 2 else CURVE
            axes = [a + (b - a) * (np.arange(n) + 0.5) / n for a, b in box]
            points = np.stack([part.ravel() for part in np.meshgrid(*axes)], 1).astype(dtype)
        return cls(X, y, kind, probabilities, points, box)

    @property
    def classes(self) -> Array:
        """The true classes [N]."""
        one_hot = self.y.ndim == 2 and self.y.shape[1] > 1
        return self.y.argmax(1) if one_hot else self.y.reshape(len(self.y)).astype(np.int64)

    def outputs(self, model: Module) -> tuple[Array, Array | None]:
        """The outputs for the rows [N, …] and for the points [P, …], in eval mode and without recording a graph."""
        with in_eval_mode(model), no_grad(), np.errstate(all="ignore"):
            given = (self.X, self.points)
            rows, points = (None if v is None else _table(model(from_array(v.copy()))) for v in given)
        assert rows is not None
        return rows, points


def fewer(rows: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
    """At most ROWS of the rows, evenly spaced."""
    X, y = (part[:: max(1, -(-len(part) // ROWS))] for part in rows)
    return X, y


def kind_of(y: Any, loss: Tensor | None, probabilities: bool) -> str:
    """ "classes" if y holds integers [N] or [N, 1], one-hot rows, or 0 and 1 for a binary classifier; else "numbers"."""
    target = np.asarray(y._data if isinstance(y, Tensor) else y)
    if target.ndim == 2 and target.shape[1] > 1:
        return "classes" if (np.isin(target, (0, 1)).all() and (target.sum(1) == 1).all()) else "numbers"
    if target.dtype.kind in "iub":
        return "classes" if target.ndim == 1 or target.shape[1:] == (1,) else "numbers"
    binary = probabilities or (loss is not None and loss._op is not None and loss._op.name == "bce_with_logits")
    return "classes" if binary and target.size == len(target) and np.isin(target, (0, 1)).all() else "numbers"


def _table(output: Tensor) -> Array:
    return output._data.reshape(len(output), -1).astype(np.float32)
