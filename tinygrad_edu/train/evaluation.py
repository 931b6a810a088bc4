"""evaluate, and the means over rows that it has in common with the training loop."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .._tensor import Tensor
from ..autograd.grad_mode import no_grad
from ..nn import Module
from .batches import Batches
from .first_batch import without_tables
from .lookup import Measure
from .ranks import Ranks, ranks_of


def evaluate(
    model: Module, X: Any, y: Any, loss: Measure, metrics: dict[str, Measure] | None = None, batch_size: int = 256
) -> dict[str, float]:
    """The mean loss and metrics over all rows, in eval mode and without recording: {"loss": …, …}.

    X, y as in fit. The ranks of a DistributedDataParallel share the rows, and all of them get the means.

    >>> import tinygrad_edu as tg
    >>> model = tg.nn.Linear(1, 1)
    >>> evaluate(model, tg.ones(4, 1), model(tg.ones(4, 1)).detach(), tg.nn.MSELoss())
    {'loss': 0.0}
    """
    training, sums, ranks = model.training, Sums(metrics or {}), ranks_of(model)
    model.eval()
    try:
        with no_grad():
            for X_batch, y_batch in Batches(model, X, y, batch_size * (1 if ranks is None else ranks.size())):
                output = model(X_batch)
                error = loss(output, y_batch) if sums.rows else without_tables("evaluate: the loss", loss, output, y_batch)
                sums.add(len(X_batch), error, output, y_batch)
    finally:
        model.train(training)
    return sums.means(ranks)


class Sums:
    """Means over rows, added up batch by batch: the last batch may be smaller."""

    def __init__(self, metrics: dict[str, Measure]) -> None:
        self.metrics, self.rows = metrics, 0
        self.sums = dict.fromkeys(("loss", *metrics), 0.0)

    def add(self, rows: int, loss: Any, output: Tensor, target: Tensor) -> dict[str, float]:
        """Add a batch; returns its metrics."""
        if rows == 0:
            return dict.fromkeys(self.metrics, math.nan)
        with no_grad():
            values = {"loss": loss}
            for name, metric in self.metrics.items():
                first = f"the metric {name}" if not self.rows else ""
                values[name] = without_tables(first, metric, output, target) if first else metric(output, target)
        self.rows += rows
        numbers = {name: float(value.item() if isinstance(value, Tensor) else value) for name, value in values.items()}
        for name, value in numbers.items():
            self.sums[name] += rows * value
        del numbers["loss"]
        return numbers

    def means(self, ranks: Ranks | None = None) -> dict[str, float]:
        """The means; with ranks, over the rows of all of them."""
        found = np.array([*self.sums.values(), self.rows], np.float64)
        if ranks is not None:
            ranks.all_reduce(found)
        return dict(zip(self.sums, (found[:-1] / found[-1]).tolist(), strict=True))

    def state_dict(self) -> dict[str, Any]:
        """The sums so far."""
        return {"rows": self.rows, "sums": dict(self.sums)}

    def load_state_dict(self, state_dict: Any) -> None:
        """Continue there."""
        rows, sums = (state_dict.get(key) if isinstance(state_dict, dict) else None for key in ("rows", "sums"))
        known = isinstance(sums, dict) and sums.keys() == self.sums.keys() and all(type(v) is float for v in sums.values())
        if type(rows) is not int or rows < 0 or not known:
            raise ValueError(f"fit: the sums of the epoch are not those of {', '.join(self.sums)}")
        self.rows, self.sums = rows, {name: sums[name] for name in self.sums}  # type: ignore[index]  # a dict, it was asked
