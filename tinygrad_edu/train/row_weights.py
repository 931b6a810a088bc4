"""The weights of rows in the loss, given for each row or for each class."""

from __future__ import annotations

import copy
import inspect
import math
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np

from .._tensor import Tensor
from .._wording import span
from ..nn import Module

WeightedMeasure: TypeAlias = "Callable[[Tensor, Tensor, Tensor | None], Any]"  # (output, target, weights [N]) -> one number


def with_weights(loss: Any, who: str = "fit") -> WeightedMeasure:
    """The loss, or, given weights, the mean of wᵢ · lossᵢ over the N rows, as in Keras: divided by N, not by Σ wᵢ."""
    refused: Exception | None = None
    each = loss
    try:
        each = _by_row(loss, who)
    except (TypeError, ValueError) as error:  # raised when weights are given
        refused = error

    def criterion(output: Tensor, target: Tensor, weights: Tensor | None = None) -> Any:
        if weights is None:
            return loss(output, target)
        if refused is not None:
            raise refused
        losses = each(output, target)
        if not isinstance(losses, Tensor) or (weights.numel() and losses.numel() % weights.numel()):
            shape = getattr(losses, "shape", type(losses).__name__)
            raise ValueError(f"{who}: weights of shape {weights.shape} need a loss for each row, got {shape}")
        rows = losses.reshape(len(weights), -1).mean(1)
        return (rows * weights.astype(rows.dtype)).mean()

    return criterion


def _by_row(loss: Any, who: str) -> Callable[[Tensor, Tensor], Any]:
    """The loss of each row."""
    if isinstance(loss, Module) and hasattr(loss, "reduction"):
        if getattr(loss, "weight", None) is not None:
            raise ValueError(f"{who}: {type(loss).__name__} has its own class weights; multiply them into sample_weight")
        if loss.reduction == "sum":
            raise ValueError(f"{who}: sample_weight needs a loss that is a mean, got {type(loss).__name__}(reduction='sum')")
        each = copy.copy(loss)
        each.reduction = "none"
        return each
    try:
        takes = "reduction" in inspect.signature(loss).parameters
    except (TypeError, ValueError):
        takes = False
    if not takes:
        raise TypeError(
            f"{who}: weights need the loss of each row: loss must be a name such as 'mse', a loss of nn, or a function "
            "that takes reduction='none', such as nn.functional.mse_loss"
        )
    return lambda output, target: loss(output, target, reduction="none")


def check_weights(name: str, weights: Any, rows: int) -> Any:
    """`weights` as an array [N] of numbers >= 0."""
    w = np.asarray(weights)
    if w.shape == (rows, 1):
        w = w[:, 0]
    if w.shape != (rows,) or w.dtype.kind not in "fiub":
        raise ValueError(f"{name} must have one number for each of the {rows} rows, got {w.dtype} of shape {w.shape}")
    if not (np.isfinite(w).all() and (w >= 0).all()):
        raise ValueError(f"{name} must be finite and not below 0, got {span(w)}")
    return w.astype(np.float32) if w.dtype.kind != "f" else w


def check_rows_weights(who: str, weights: Any, rows: int) -> Any:
    """check_weights for all rows; ValueError if every weight is 0."""
    w = check_weights(f"{who}: sample_weight", weights, rows)
    if rows and not w.any():
        raise ValueError(f"{who}: sample_weight is 0 for every row, so no row would count")
    return w


def check_classes(class_weight: Mapping[int, float], y: Tensor) -> None:
    """Raise ValueError if no row has a listed class, because classes are numbered differently or y does not hold classes."""
    classes = np.unique(_classes(y))
    if class_weight and not set(class_weight) & set(classes.tolist()):
        raise ValueError(
            f"fit: no row of y belongs to a class in class_weight ({', '.join(map(str, class_weight))}); classes in y: "
            f"{', '.join(map(str, classes[:10]))}{', …' * (len(classes) > 10)}"
        )


def check_class_weight(class_weight: Any) -> None:
    """Raise TypeError or ValueError unless it maps class indices to weights."""
    if not isinstance(class_weight, Mapping):
        raise TypeError(f"fit: class_weight must be a dict such as {{0: 1.0, 1: 5.0}}, got {type(class_weight).__name__}")
    for key, weight in class_weight.items():
        if not isinstance(key, (int, np.integer)) or isinstance(key, bool):
            raise TypeError(f"fit: class_weight must have class indices as keys, got {key!r}")
        if isinstance(weight, str) or np.ndim(weight) or not 0 <= float(weight) < math.inf:
            raise ValueError(f"fit: class_weight[{key}] must be a finite number >= 0, got {weight!r}")


def weights_by_class(class_weight: Mapping[int, float], y: Tensor) -> np.ndarray[Any, Any]:
    """The weight of each row's class [N], from class indices [N] or [N, 1] or one-hot rows; 1 for classes not listed."""
    return np.array([class_weight.get(c, 1.0) for c in _classes(y).tolist()], np.float32)


def _classes(y: Tensor) -> np.ndarray[Any, Any]:
    """The class index of each row."""
    a = y._data
    classes = a.argmax(-1) if a.ndim > 1 and a.shape[-1] != 1 else a.reshape(len(a), -1)
    if classes.size != len(classes):
        raise ValueError(f"fit: class_weight needs one class for each row, got targets of shape {y.shape}")
    if not np.equal(classes, np.round(classes)).all():
        raise ValueError("fit: class_weight needs targets that are class indices, got fractions")
    return classes.ravel().astype(np.int64)
