"""Checks of the rows given to fit, before the first step."""

from __future__ import annotations

import functools
from typing import Any, ClassVar

import numpy as np

from ...nn import BCELoss, BCEWithLogitsLoss, CrossEntropyLoss, NLLLoss
from .family import Family, Messages
from .leaves import Leaves
from .method_calls import linters_here
from .report import Report

ENOUGH = 20  # fewer rows show nothing
LOOKED_AT = 100  # at most this many validation rows are looked for among the training rows
COLUMNS = 64  # of longer rows, a sample of at least this many numbers is hashed
CLASSIFY = ("binary_crossentropy", "categorical_crossentropy", "sparse_categorical_crossentropy")
CLASSIFIERS = (BCELoss, BCEWithLogitsLoss, CrossEntropyLoss, NLLLoss)


class RowRules(Family):
    """Validation rows that are trained on, and rows sorted by class where their order matters."""

    messages: ClassVar[Messages] = {
        "validation-is-training": (
            "{n} of the {m} validation rows that were checked are also training rows, so val_loss is not the loss on new rows",
            "hold rows out before training, as with data.train_test_split(X, y)",
        ),
        "sorted-validation": (
            "the last rows are held out for validation, and the rows are sorted by class",
            "shuffle the rows first, or pass validation=(X, y) from data.train_test_split(X, y)",
        ),
        "sorted-batches": (
            "the rows are sorted by class, and with shuffle=False each batch has only some of the classes",
            "leave out shuffle=False, or shuffle the rows first",
        ),
    }

    def check(self, rows: Any, validation: Any, share: bool, loss: Any, batch_size: int, shuffle: bool) -> None:
        """Check the order of arrays (X, y); share: whether `validation`, (X, y) or None, was taken from their end."""
        y = rows[1]
        if loss not in CLASSIFY if isinstance(loss, str) else not isinstance(loss, CLASSIFIERS):
            return
        if share and validation is not None and _is_sorted(np.concatenate([y, validation[1]])):
            self.found("sorted-validation")
        elif not shuffle and 2 * batch_size <= len(y) and _is_sorted(y):
            self.found("sorted-batches")

    def check_overlap(self, X: Any, X_val: Any) -> None:
        """Look for the validation rows X_val among the training rows X."""
        if X.dtype.kind != "f" or X.shape[1:] != X_val.shape[1:] or min(len(X), len(X_val)) < ENOUGH:
            return
        known = row_hashes(X)
        if len(np.unique(known)) < 0.9 * len(X):  # with few distinct rows, a new row may equal one by chance
            return
        looked_at = X_val[:: -(-len(X_val) // LOOKED_AT)]
        found = int(np.isin(row_hashes(looked_at), known).sum())
        if 2 * found > len(looked_at):
            self.found("validation-is-training", n=found, m=len(looked_at))


def check_rows(rows: Any, validation: Any, share: bool, loss: Any, batch_size: int, shuffle: bool) -> None:
    """Check fit's data, even if no linter is active in this thread or task; see RowRules.check.

    Only a linter looks for validation rows that are also training rows: these may be intended, to measure the training loss
    after an epoch.
    """
    families = [f for linter in linters_here() for f in linter.families if isinstance(f, RowRules)]
    for family in families or [RowRules(Report(), Leaves())]:
        family.check(rows, validation, share, loss, batch_size, shuffle)
    if validation is not None and not share:
        for family in families:
            family.check_overlap(rows[0], validation[0])


def _is_sorted(y: Any) -> bool:
    """Whether class indices [N] or [N, 1] are sorted, and change at least once, but at most once every four rows on average."""
    y = y.reshape(-1) if y.size == len(y) else y
    if y.ndim != 1 or len(y) < ENOUGH or not np.array_equal(y, np.round(y)):
        return False
    steps = np.diff(y.astype(np.float64))
    changes = int(np.count_nonzero(steps))
    return 0 < changes <= len(y) // 4 and bool(np.all(steps >= 0) or np.all(steps <= 0))


@functools.cache
def _factors(n: int) -> Any:
    return np.random.default_rng(0).integers(1, 2**63, n, dtype=np.uint64) | np.uint64(1)


def row_hashes(rows: Any) -> Any:
    """The hashes [N] of rows [N, …]: the same for equal rows, and rarely the same for others; long rows are sampled.

    >>> a, b, c = row_hashes(np.array([[1.0, 2.0], [2.0, 1.0], [1.0, 2.0]]))
    >>> bool(a == c), bool(a == b)
    (True, False)
    """
    flat = np.reshape(rows, (len(rows), -1)).astype(np.float64)
    flat = flat[:, :: max(1, flat.shape[1] // COLUMNS)] + 0.0  # −0 becomes 0
    factors = _factors(flat.shape[1])
    bits = np.ascontiguousarray(flat).view(np.uint64)
    return ((bits ^ (bits >> np.uint64(29))) * factors).sum(1, dtype=np.uint64)
