"""The loss and metrics of an epoch, accumulated batch by batch."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..._tensor import Tensor
from ...autograd.grad_mode import no_grad
from ..first_batch import without_tables
from ..lookup import Measure
from ..ranks import Ranks
from .base import Metric


class Sums:
    """Means over rows, where the last batch may be smaller; and the counts of metrics that are not means."""

    def __init__(self, metrics: dict[str, Measure]) -> None:
        self.metrics, self.rows, self._checked = metrics, 0, False
        means = [name for name, metric in metrics.items() if not isinstance(metric, Metric)]
        self.sums: dict[str, Any] = dict.fromkeys(("loss", *means), 0.0)
        self.counts: dict[str, Any] = {}

    def must_check(self, rows: int) -> bool:
        """Whether a batch of `rows` is the first with several rows; one row makes no table of outputs and targets."""
        return rows > 1 and not self._checked

    def add(self, rows: int, loss: Any, output: Tensor, target: Tensor) -> dict[str, float]:
        """Add a batch; return its metrics."""
        if rows == 0:
            return dict.fromkeys(self.metrics, math.nan)
        numbers: dict[str, float] = {}
        with no_grad():
            for name, metric in self.metrics.items():
                if isinstance(metric, Metric):
                    counts = metric.count(output, target)
                    self.counts[name] = self.counts.get(name, 0) + counts
                    numbers[name] = float(metric.value(counts))
                    continue
                what, check = f"the metric {name}", self.must_check(rows)
                value = without_tables(what, metric, output, target) if check else metric(output, target)
                numbers[name] = _one_number(name, value)
                self.sums[name] += rows * numbers[name]
        self.sums["loss"] += rows * _one_number("loss", loss)
        self.rows += rows
        self._checked |= rows > 1
        return numbers

    def means(self, ranks: Ranks | None = None) -> dict[str, float]:
        """The loss and the metrics over all rows so far; with ranks, over the rows of all ranks."""
        counts = [np.asarray(self.counts[name], np.float64) for name in self.counts]
        found = np.concatenate([[*self.sums.values(), self.rows], *(c.ravel() for c in counts)]).astype(np.float64)
        if ranks is not None:
            ranks.all_reduce(found)
        if found[len(self.sums)] == 0:
            raise ValueError("evaluate: there are no rows")
        n, ends = len(self.sums), np.cumsum([len(self.sums) + 1, *(c.size for c in counts)])
        means = dict(zip(self.sums, (found[:n] / found[n]).tolist(), strict=True))
        for name, c, start, end in zip(self.counts, counts, ends, ends[1:], strict=False):
            metric = self.metrics[name]
            assert isinstance(metric, Metric)  # for the type checker
            means[name] = float(metric.value(found[start:end].reshape(c.shape)))
        return {name: means[name] for name in ("loss", *self.metrics) if name in means}

    def state_dict(self) -> dict[str, Any]:
        """The sums so far."""
        return {"rows": self.rows, "sums": dict(self.sums), "counts": dict(self.counts)}

    def load_state_dict(self, state_dict: Any) -> None:
        """Restore the sums."""
        rows, sums, counts = (
            state_dict.get(key) if isinstance(state_dict, dict) else None for key in ("rows", "sums", "counts")
        )
        known = isinstance(sums, dict) and sums.keys() == self.sums.keys() and all(type(v) is float for v in sums.values())
        counted = isinstance(counts, dict) and counts.keys() <= self.metrics.keys()
        if type(rows) is not int or rows < 0 or not known or not counted:
            raise ValueError(f"fit: the sums of the epoch are not those of {', '.join(('loss', *self.metrics))}")
        self.rows, self.counts = rows, dict(counts)  # type: ignore[arg-type]  # a dict, as checked
        self.sums = {name: sums[name] for name in self.sums}  # type: ignore[index]  # the same


def _one_number(name: str, value: Any) -> float:
    array = np.asarray(value.detach() if isinstance(value, Tensor) else value)
    if array.size != 1 or array.dtype.kind not in "fiub":
        got = f"an array of shape {array.shape}" if array.dtype.kind in "fiub" else f"{value!r}"
        what = "the loss" if name == "loss" else f"the metric {name}"
        raise TypeError(f"{what} must return one number, got {got}")
    return float(array.reshape(()))
