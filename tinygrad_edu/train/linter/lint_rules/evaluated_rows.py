"""Rules about evaluations: the rows that are shown to the model, how predictions are compared, and which model is kept."""

from __future__ import annotations

import sys
import weakref
from collections.abc import Iterable
from dataclasses import dataclass, field
from types import FrameType
from typing import Any, ClassVar

import numpy as np

from ...._tensor import Tensor
from ....autograd import is_grad_enabled
from ....autograd.user_line import find_user_line, is_users, outwards
from ....nn import Module
from ....nn.diagnostics.findings import pairs_all
from ....optim import Optimizer
from ..family import Family, Messages
from ..fit_rows import row_hashes
from .target_products import row_with_column

ENOUGH = 10  # fewer rows show nothing
MOST = 20_000  # training rows that are remembered
SETS = 8  # evaluation sets that are remembered
TESTS = ("test", "val", "held", "unseen")  # in the name of a variable
SUMMARIES = ("mean", "sum")


@dataclass
class Rows:
    """The rows of one evaluation: their hashes, whether they have mean 0 and deviation 1, and the line."""

    hashes: Any
    own: bool
    line: tuple[str, int]
    name: str  # of the variable


@dataclass
class Best:
    """The variables named "best" at the steps of one optimizer, and the frames and objects that were searched for them."""

    replaced: dict[tuple[int, str], bool] = field(default_factory=dict)  # (scope, name) -> whether it was ever something else
    scopes: set[int] = field(default_factory=set)


class EvaluationRowRules(Family):
    """Test rows that are scaled by their own statistics, or partly the training rows; a best model that is no copy."""

    messages: ClassVar[Messages] = {
        "own-statistics": (
            "the rows of an evaluation have mean 0 and standard deviation 1 exactly, so they were standardised with their own "
            "mean and deviation, not with those of the training rows",
            "scale them with the training rows' statistics: scaler.fit_transform(X_train), then scaler.transform(X_test)",
        ),
        "scaler-refit": (
            "fit() saw two different tables of {columns} columns, with {n} and {m} rows, and each was scaled with its own mean "
            "or range",
            "call fit_transform on the training rows only, and transform on all others",
        ),
        "overlapping-rows": (
            "{share:.0%} of the rows of an evaluation are also training rows, and the others are not: the two parts overlap",
            "split the rows once, as with data.train_test_split(X, y)",
        ),
        "tested-on-training-rows": (
            "all rows of {name} are also training rows, so the result says nothing about new rows",
            "hold rows out before training, as with data.train_test_split(X, y)",
        ),
        "best-is-not-a-copy": (
            "{name} holds the parameters that are being trained, not a copy of them: each step changes them as well",
            "keep copy.deepcopy(model), or copy.deepcopy(model.state_dict())",
        ),
    }

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._known: list[Any] = []  # hashes of training rows
        self._count, self._steps, self._new_in = 0, 0, 0  # training rows known, steps, the last step with new rows
        self._last: tuple[int, int] | None = None
        self._sets: list[Rows] = []
        self._best: weakref.WeakKeyDictionary[Optimizer, Best] = weakref.WeakKeyDictionary()
        self._fitted: list[tuple[int, int, int]] = []  # rows, columns, id of the scaler; of those that only fitted

    # --- rows ---

    def entered(self, model: Module, args: tuple[Any, ...]) -> None:
        x = args[0] if args else None
        if not isinstance(x, Tensor) or x._requires_grad or x.dtype.kind != "f" or x.ndim < 2 or len(x._data) < ENOUGH:
            return
        if is_grad_enabled() and model.training:
            key = id(x._data), x._data.size
            if self._count < MOST and key != self._last:
                self._last = key
                new = np.setdiff1d(row_hashes(x._data), self._known[0]) if self._known else np.unique(row_hashes(x._data))
                if len(new):
                    self._known = [np.union1d(self._known[0], new)] if self._known else [new]
                    self._count, self._new_in = len(self._known[0]), self._steps
        elif not is_grad_enabled() and len(self._sets) < SETS:
            hashes = row_hashes(x._data)
            if not any(np.array_equal(hashes, rows.hashes) for rows in self._sets):
                self._sets.append(Rows(hashes, is_standardised(x._data), find_user_line(), _name_of(x)))

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
            self._fitted = [fitted for fitted in self._fitted if fitted[2] != id(scaler)]  # it is used as it should be

    def ended(self) -> None:
        if not self._known or len(self._known[0]) < ENOUGH or self._steps < 3:
            return
        known = self._known[0]
        complete = self._count < MOST and 3 * self._new_in < 2 * self._steps
        for rows in self._sets:
            inside = float(np.isin(rows.hashes, known).mean())
            if rows.own and inside == 0:
                self.found("own-statistics", rows.line)
            covered = float(np.isin(known, rows.hashes).mean())
            if inside == 1 and any(word in rows.name.lower() for word in TESTS):
                self.found("tested-on-training-rows", rows.line, name=rows.name)
            if complete and 0.1 < inside < 0.95 and covered < 0.95 and len(np.unique(rows.hashes)) == len(rows.hashes):
                self.found("overlapping-rows", rows.line, share=inside)

    # --- the best model ---

    def before_step(self, optimizer: Optimizer, params: list[Any], closure: bool) -> None:
        self._steps += 1
        if self.report.has("best-is-not-a-copy"):
            return
        frame = next((frame for frame in outwards(sys._getframe(1)) if is_users(frame)), None)
        if frame is None:
            return
        stepped, best = {id(p) for p in params}, self._best.setdefault(optimizer, Best())
        for scope, name, value in named_best(frame):
            trained = any(id(p) in stepped for p in _tensors(value))
            replaced = best.replaced.get((scope, name), scope in best.scopes)  # or it did not exist at an earlier step
            if trained and replaced:  # a name that begins as the model is often replaced later
                self.found("best-is-not-a-copy", (frame.f_code.co_filename, frame.f_lineno), name=name)
            best.replaced[scope, name] = replaced or not trained
        best.scopes |= {id(frame), id(frame.f_locals.get("self"))}


def _name_of(x: Any) -> str:
    """The user's variable that is x; "" if there is none."""
    frame = next((frame for frame in outwards(sys._getframe(1)) if is_users(frame)), None)
    return next((name for name, value in frame.f_locals.items() if value is x), "") if frame is not None else ""


def _tensors(value: Any) -> Iterable[Any]:
    """The parameters of a module, or the tensors in a dict or list."""
    if isinstance(value, Module):
        return value.parameters()
    return value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else ()


def named_best(frame: FrameType) -> list[tuple[int, str, Any]]:
    """The variables of a frame, and of its `self`, whose names contain "best": scope, name, value."""
    found = [(id(frame), name, value) for name, value in frame.f_locals.items() if "best" in name.lower()]
    owner = frame.f_locals.get("self")
    held = getattr(owner, "__dict__", {})
    return found + [(id(owner), f"self.{name}", value) for name, value in held.items() if "best" in name.lower()]


def is_standardised(x: Any) -> bool:
    """Whether the columns of x [N, …], its channels, or all numbers together have mean 0 and standard deviation 1, to rounding.

    >>> x = np.array([[1.0, 5.0], [2.0, 5.0], [6.0, 8.0]])
    >>> is_standardised((x - x.mean(0)) / x.std(0)), is_standardised(x)
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


class ComparisonRules(Family):
    """(N,) compared with (N, 1), where the accuracy is the mean of all elements of the table."""

    messages: ClassVar[Messages] = {
        "shapes-comparison": (
            "{a} compared with {b} broadcasts to ({n}, {n}): every prediction with every label, not {n} pairs, so the accuracy "
            "is the mean of a table",
            "give both the same shape: labels.reshape(predictions.shape), or predictions.squeeze(1)",
        )
    }

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.at_cuts = {"": self._look_at_comparison, "cast": self._follow} | dict.fromkeys(SUMMARIES, self._look_at_summary)
        self._tables: dict[int, tuple[weakref.ref[Any], tuple[Any, Any], tuple[str, int]]] = {}

    def _look_at_comparison(self, out: Tensor, inputs: tuple[Any, ...]) -> None:
        if out.ndim != 2 or out.dtype.kind != "b" or len(inputs) != 2:
            return
        shapes = np.shape(inputs[0]), np.shape(inputs[1])
        if pairs_all(*shapes) and not row_with_column(*inputs):
            self._tables[id(out)] = weakref.ref(out), shapes, find_user_line()

    def _follow(self, out: Tensor, inputs: tuple[Any, ...]) -> None:
        known = self._tables.get(id(inputs[0]))
        if known is not None and known[0]() is inputs[0]:
            self._tables[id(out)] = weakref.ref(out), *known[1:]

    def _look_at_summary(self, out: Tensor, inputs: tuple[Any, ...]) -> None:
        known = self._tables.get(id(inputs[0]))
        if known is not None and known[0]() is inputs[0] and out.ndim == 0:
            _, (a, b), line = known
            self.found("shapes-comparison", line, a=a, b=b, n=a[0])
            self._tables.clear()
