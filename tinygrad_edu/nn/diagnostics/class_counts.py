"""The confusion matrix, for a metric and a chart."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...autograd.node import raw

Array = np.ndarray[Any, Any]


def confusion_matrix(truth: Any, predicted: Any, classes: int | None = None) -> Array:
    """How often each true class (row) was predicted as each class (column): integers [C, C].

    truth, predicted  class indices [N] or [N, 1] from 0; or outputs or one-hot rows [N, C], whose largest entry is the class
    classes           C; the default is the largest class that occurs, plus 1

    Correct predictions are on the diagonal. viz.confusion_matrix draws it.

    >>> confusion_matrix(np.array([0, 0, 1, 1]), np.array([0, 1, 1, 1]))
    array([[1, 1],
           [0, 2]])
    """
    t, p = (as_classes("confusion_matrix", name, values) for name, values in (("truth", truth), ("predicted", predicted)))
    if len(t) != len(p):
        raise ValueError(f"confusion_matrix: truth and predicted must have the same number of rows, got {len(t)} and {len(p)}")
    largest = int(max(t.max(initial=-1), p.max(initial=-1)))
    c = largest + 1 if classes is None else classes
    if largest >= c:
        raise ValueError(f"confusion_matrix: class {largest} is not one of the {c} classes")
    return np.bincount(t * c + p, minlength=c * c).reshape(c, c)


def as_classes(who: str, name: str, values: Any) -> Array:
    """Class indices [N] from indices, or from outputs or one-hot rows [N, C]; the error message begins with `who`."""
    a = np.asarray(raw(values))
    if a.ndim == 2 and a.shape[1] > 1:
        return np.asarray(a.argmax(axis=1))
    a = a.reshape(-1)
    if a.size and not (a.dtype.kind in "biuf" and (a >= 0).all() and np.equal(a, np.round(a)).all()):
        raise ValueError(f"{who}: {name} must contain class indices 0, 1, …; use np.round(p) for probabilities")
    return a.astype(np.int64)
