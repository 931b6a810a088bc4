"""Rules about the rows of an evaluation: they may be scaled with their own statistics, or be training rows too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ...._tensor import Tensor
from ....autograd import is_grad_enabled
from ....autograd.user_line import find_user_frame, find_user_line
from ....nn import Module
from ....optim import Optimizer
from ..family import Family, Messages
from ..fit_rows import row_hashes

ENOUGH = 10  # fewer rows show nothing
MOST = 20_000  # once this many training rows are known, no more are remembered
SETS = 8  # at most this many evaluation sets are remembered
TESTS = ("test", "val", "held", "unseen")  # words in the names of variables that hold test rows


@dataclass
class Rows:
    """The rows of one evaluation."""

    hashes: Any
    own: bool  # they have mean 0 and standard deviation 1
    line: tuple[str, int]
    name: str  # of the user's variable


class EvaluationRowRules(Family):
    """Test rows that are scaled with their own statistics, or some or all of which are training rows."""

    messages: ClassVar[Messages] = {
        "own-statistics": (
            "the rows of an evaluation have mean 0 and standard deviation 1, up to rounding, so they were standardized "
            "with their own statistics, not with those of the training rows",
            "scale them with the training rows' statistics: scaler.fit_transform(X_train), then scaler.transform(X_test)",
        ),
        "scaler-refit": (
            "fit() saw two different tables, of shapes ({n}, {columns}) and ({m}, {columns}), so each is scaled with its own "
            "mean or range",
            "call fit_transform on the training rows only, and transform on all others",
        ),
        "overlapping-rows": (
            "{share:.0%} of the rows of an evaluation are also training rows, and the others are not: the two sets overlap",
            "split the rows once, as with data.train_test_split(X, y)",
        ),
        "tested-on-training-rows": (
            "all rows of {name} are also training rows, so the result says nothing about new rows",
            "hold rows out before training, as with data.train_test_split(X, y)",
        ),
    }

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._known = np.empty(0, np.uint64)  # the hashes of training rows, sorted
        self._steps, self._new_in = 0, 0  # the number of steps, now and when new rows were last seen
        self._last: tuple[int, int] | None = None
        self._sets: list[Rows] = []
        # (rows, columns, id) of scalers that have not transformed any rows other than those they were fitted on
        self._fitted: list[tuple[int, int, int]] = []

    def entered(self, model: Module, args: tuple[Any, ...]) -> None:
        x = args[0] if args else None
        if not isinstance(x, Tensor) or x._requires_grad or x.dtype.kind != "f" or x.ndim < 2 or len(x._data) < ENOUGH:
            return
        if is_grad_enabled() and model.training:
            key = id(x._data), x._data.size
            if len(self._known) < MOST and key != self._last:
                self._last, before = key, len(self._known)
                self._known = np.union1d(self._known, row_hashes(x._data))
                if len(self._known) > before:
                    self._new_in = self._steps
        elif not is_grad_enabled() and len(self._sets) < SETS:
            hashes = row_hashes(x._data)
            if not any(np.array_equal(hashes, rows.hashes) for rows in self._sets):
                self._sets.append(Rows(hashes, is_standardized(x._data), find_user_line(), _name_of(x)))

    def scaled(self, scaler: Any, method: str, rows: Any) -> None:
        shape = np.shape(rows)
        if len(shape) != 2:
            return
        if method == "fit":
            for n, columns, _ in self._fitted:
                if columns == shape[1] and n != shape[0]:
                    self.found("scaler-refit", n=n, m=shape[0], columns=columns)
            self._fitted.append((shape[0], shape[1], id(scaler)))
        elif any(key == id(scaler) and n != shape[0] for n, _, key in self._fitted):
            # the scaler also transforms other rows, as it should
            self._fitted = [fitted for fitted in self._fitted if fitted[2] != id(scaler)]

    def ended(self) -> None:
        known = self._known
        if len(known) < ENOUGH or self._steps < 3:
            return
        complete = len(known) < MOST and 3 * self._new_in < 2 * self._steps
        for rows in self._sets:
            inside = float(np.isin(rows.hashes, known).mean())
            if rows.own and inside == 0:
                self.found("own-statistics", rows.line)
            covered = float(np.isin(known, rows.hashes).mean())
            if inside == 1 and any(word in rows.name.lower() for word in TESTS):
                self.found("tested-on-training-rows", rows.line, name=rows.name)
            if complete and 0.1 < inside < 0.95 and covered < 0.95 and len(np.unique(rows.hashes)) == len(rows.hashes):
                self.found("overlapping-rows", rows.line, share=inside)

    def before_step(self, optimizer: Optimizer, params: list[Any], closure: bool) -> None:
        self._steps += 1


def _name_of(x: Any) -> str:
    """The name of the user's variable that holds x; "" if there is none."""
    return next((name for name, value in find_user_frame().f_locals.items() if value is x), "")


def is_standardized(x: Any) -> bool:
    """Whether the columns of x [N, …], its channels, or all numbers together have mean 0 and standard deviation 1.

    Rounding errors and constant columns are ignored.

    >>> x = np.array([[1.0, 5.0], [2.0, 5.0], [6.0, 8.0]])
    >>> is_standardized((x - x.mean(0)) / x.std(0)), is_standardized(x)
    (True, False)
    """
    axes: list[Any] = [(0,), None] + ([(0, *range(2, x.ndim))] if x.ndim > 2 else [])
    for axis in axes:
        mean, std = np.mean(x, axis=axis, dtype=np.float64), np.std(x, axis=axis, dtype=np.float64)
        n = x.size // np.size(mean)
        varied = std > 1e-6
        unbiased = std * np.sqrt(n / (n - 1))
        one = (np.abs(std - 1) < 1e-4) | (np.abs(unbiased - 1) < 1e-4)
        if np.any(varied) and np.all(np.abs(mean[varied] if np.ndim(mean) else mean) < 1e-4) and np.all(one | ~varied):
            return True
    return False
