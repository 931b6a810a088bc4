"""How far predictions are from the targets."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from .base import Array, Metric


def _same_shape(who: str, output: Array, target: Array) -> None:
    if output.shape != target.shape:
        raise ValueError(f"{who}: output and target must have the same shape, got {output.shape} and {target.shape}")


class R2(Metric):
    """The coefficient of determination, R² = 1 − Σ (y − ŷ)² / Σ (y − ȳ)²: 1 is perfect, 0 is as good as the mean ȳ.

    For several columns, the mean of their R². It may be negative. output and target [N] or [N, C]. Larger is better.
    If all targets are equal it is 0, or 1 if the predictions are exact.

    >>> R2()(np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 5.0]))
    0.5384615384615385
    """

    def __init__(self) -> None:
        super().__init__(from_logits=False)

    def counts(self, output: Array, target: Array) -> Array:
        _same_shape("R2", output, target)
        y, error = (a.astype(np.float64).reshape(len(a), -1) for a in (target, target.astype(np.float64) - output))
        return np.stack([np.full(y.shape[1], len(y)), y.sum(axis=0), (y * y).sum(axis=0), (error * error).sum(axis=0)])

    def value(self, counts: Array) -> float:
        n, total, squares, errors = counts
        spread = squares - total * total / np.maximum(n, 1)
        flat = spread <= 8 * np.finfo(np.float64).eps * squares  # rounding error if all targets are equal
        return float(np.where(flat, errors == 0, 1 - errors / np.where(flat, 1, spread)).mean())


class RMSE(Metric):
    """The root mean squared error, √(mean (ŷ − y)²), in the target's unit. output and target [N, …]. Smaller is better.

    >>> RMSE()(np.array([1.0, 2.0]), np.array([1.0, 4.0]))
    1.4142135623730951
    """

    direction: ClassVar[str] = "min"

    def __init__(self) -> None:
        super().__init__(from_logits=False)

    def counts(self, output: Array, target: Array) -> Array:
        _same_shape("RMSE", output, target)
        error = output.astype(np.float64) - target
        return np.array([(error * error).sum(), error.size])

    def value(self, counts: Array) -> float:
        return float(np.sqrt(counts[0] / max(counts[1], 1)))
