"""Bring the columns of a table to a common scale before training."""

from __future__ import annotations

from numbers import Real
from typing import Any, Self, TypeVar

import numpy as np

from ..autograd.arrays import require_numbers
from ..autograd.node import from_array, is_tensor, raw
from .tables import column_names, from_table

Array = np.ndarray[Any, Any]
T = TypeVar("T")


class Scaler:
    """Base class of both scalers: fit on a table, as a whole or in parts; then scale columns, or scale them back."""

    n_features_in_: int
    n_samples_seen_: int

    def fit(self, X: Any, y: Any = None) -> Self:
        """Learn from all rows of X [N, features], N ≥ 1, and forget what was learned before; `y` is ignored."""
        return self._learn_from("fit", X, seen=0)

    def partial_fit(self, X: Any, y: Any = None) -> Self:
        """Learn from additional rows, as if they had been there from the start: for tables larger than memory.

        `for X, y in loader: scaler.partial_fit(X)` reads such a table once.
        """
        return self._learn_from("partial_fit", X, seen=getattr(self, "n_samples_seen_", 0))

    def transform(self, X: T) -> T:
        """X [N, features] with scaled columns."""
        return self._apply("transform", X, self._forward)

    def fit_transform(self, X: T, y: Any = None) -> T:
        """fit(X), then transform(X)."""
        return self.fit(X).transform(X)

    def inverse_transform(self, X: T) -> T:
        """Transform back to the original units."""
        return self._apply("inverse_transform", X, self._backward)

    def _learn(self, x: Array, seen: int) -> None:
        """Update the statistics with the rows x, float64, after `seen` earlier ones."""
        raise NotImplementedError

    def _forward(self, x: Any, dtype: Any) -> Any:
        raise NotImplementedError

    def _backward(self, z: Any, dtype: Any) -> Any:
        raise NotImplementedError

    def _learn_from(self, method: str, X: Any, seen: int) -> Self:
        who = f"{type(self).__name__}.{method}"
        x = self._table(method, X).astype(np.float64)
        if len(x) == 0:
            raise ValueError(f"{who}: X must have at least one row, got shape {x.shape}")
        if seen and x.shape[1] != self.n_features_in_:
            raise ValueError(f"{who}: X must have shape [N, {self.n_features_in_}], like the previous rows, got {x.shape}")
        if not np.isfinite(x).all():
            names = column_names(X)
            bad = [i if names is None else names[i] for i in np.flatnonzero(~np.isfinite(x).all(axis=0)).tolist()]
            raise ValueError(f"{who}: X must be finite, but there is NaN or infinity in column(s) {bad[:10]}")
        self._learn(x, seen)
        self.n_features_in_, self.n_samples_seen_ = x.shape[1], seen + len(x)
        return self

    def _apply(self, method: str, X: Any, mapped: Any) -> Any:
        who = f"{type(self).__name__}.{method}"
        if not hasattr(self, "n_samples_seen_"):
            raise RuntimeError(f"{who}: this scaler has not seen data yet; call fit(X_train) first")
        x = self._table(method, X)
        if x.shape[1] != self.n_features_in_:
            raise ValueError(f"{who}: X must have shape [N, {self.n_features_in_}], as in fit, got {x.shape}")
        if is_tensor(X) and X.requires_grad:  # recorded, so that gradients reach X
            return mapped(X, x.dtype)
        z = mapped(x, np.float64).astype(x.dtype)
        return from_array(z) if is_tensor(X) else z

    def _table(self, method: str, X: Any) -> Array:
        """X as a 2-d array of floats; integers become float32."""
        who = f"{type(self).__name__}.{method}"
        x = np.asarray(require_numbers(f"{who}: X", raw(from_table(f"{who}: X", X))))
        if x.ndim != 2:
            hint = "; X.reshape(-1, 1) turns it into a column" if x.ndim == 1 else ""
            raise ValueError(f"{who}: X must have shape [N, features], got {x.shape}{hint}")
        return x if x.dtype.kind == "f" else x.astype(np.float32)


class StandardScaler(Scaler):
    """Shift and scale each column to mean 0 and standard deviation 1.

    z = (x − mean_) / scale_        mean_ = mean of the column, scale_ = √var_, var_ = mean of (x − mean_)²

    X is an array, a DataFrame or a Tensor [N, features]; a Tensor gives a Tensor, the others give arrays, and float32 stays
    float32. Fit it on the training part only, or information about the test part leaks into training. A constant column gets
    scale_ 1, as in scikit-learn, so that it becomes 0 and not NaN. Columns of very different scales make the loss a narrow
    valley, in which gradient descent needs many small steps.

    with_mean=False does not shift the columns, with_std=False does not scale them.

    partial_fit() merges the means and variances of the parts: Chan, Golub & LeVeque, 1983, doi:10.2307/2683386.

    >>> import numpy as np
    >>> from tinygrad_edu.data import StandardScaler
    >>> scaler = StandardScaler()
    >>> scaler.fit_transform(np.array([[1.0, 100.0], [3.0, 300.0]]))
    array([[-1., -1.],
           [ 1.,  1.]])
    >>> scaler.inverse_transform(np.array([[0.0, 0.0]]))
    array([[  2., 200.]])
    """

    mean_: Array
    var_: Array
    scale_: Array

    def __init__(self, *, with_mean: bool = True, with_std: bool = True) -> None:
        self.with_mean = with_mean
        self.with_std = with_std

    def __repr__(self) -> str:
        options = [f"{name}=False" for name in ("with_mean", "with_std") if not getattr(self, name)]
        return f"StandardScaler({', '.join(options)})"

    def _learn(self, x: Array, seen: int) -> None:
        mean, var, n = x.mean(axis=0), x.var(axis=0), seen + len(x)
        if seen:
            share, off = len(x) / n, mean - self.mean_
            mean = self.mean_ + share * off
            var = (1 - share) * self.var_ + share * var + share * (1 - share) * off * off
        # because of rounding, the variance of a constant column is not always exactly 0
        eps = np.finfo(np.float64).eps
        constant = var <= n * eps * var + (n * mean * eps) ** 2
        self.mean_, self.var_, self.scale_ = mean, var, np.where(constant, 1.0, np.sqrt(var))

    def _forward(self, x: Any, dtype: Any) -> Any:
        mean, scale = self._moments(dtype)
        return (x - mean) / scale

    def _backward(self, z: Any, dtype: Any) -> Any:
        mean, scale = self._moments(dtype)
        return z * scale + mean

    def _moments(self, dtype: Any) -> tuple[Array, Array]:
        mean = self.mean_ if self.with_mean else np.zeros_like(self.mean_)
        scale = self.scale_ if self.with_std else np.ones_like(self.scale_)
        return mean.astype(dtype, copy=False), scale.astype(dtype, copy=False)


class MinMaxScaler(Scaler):
    """Shift and scale each column to an interval, [0, 1] by default (feature_range).

    z = x · scale_ + min_        scale_ = (high − low) / (data_max_ − data_min_),  min_ = low − data_min_ · scale_

    X as for StandardScaler. A constant column becomes `low`. Values of new rows may fall outside; clip=True limits them to the
    interval. A single extreme value squeezes all others together: StandardScaler is less sensitive to it.

    >>> import numpy as np
    >>> from tinygrad_edu.data import MinMaxScaler
    >>> MinMaxScaler().fit_transform(np.array([[1.0, 100.0], [2.0, 150.0], [5.0, 300.0]]))
    array([[0.  , 0.  ],
           [0.25, 0.25],
           [1.  , 1.  ]])
    """

    data_min_: Array
    data_max_: Array
    data_range_: Array
    scale_: Array
    min_: Array

    def __init__(self, feature_range: tuple[float, float] = (0.0, 1.0), *, clip: bool = False) -> None:
        pair = isinstance(feature_range, (tuple, list)) and len(feature_range) == 2
        if not pair or not all(isinstance(end, Real) for end in feature_range) or not feature_range[0] < feature_range[1]:
            raise ValueError(f"MinMaxScaler: feature_range must be (low, high) with low < high, got {feature_range}")
        self.feature_range, self.clip = feature_range, clip

    def __repr__(self) -> str:
        return f"MinMaxScaler(feature_range={self.feature_range}{', clip=True' if self.clip else ''})"

    def _learn(self, x: Array, seen: int) -> None:
        low, high = x.min(axis=0), x.max(axis=0)
        if seen:
            low, high = np.minimum(low, self.data_min_), np.maximum(high, self.data_max_)
        self.data_min_, self.data_max_, self.data_range_ = low, high, high - low
        start, end = self.feature_range
        constant = self.data_range_ < 10 * np.finfo(np.float64).eps
        self.scale_ = (end - start) / np.where(constant, 1.0, self.data_range_)
        self.min_ = start - low * self.scale_

    def _forward(self, x: Any, dtype: Any) -> Any:
        z = x * self.scale_.astype(dtype, copy=False) + self.min_.astype(dtype, copy=False)
        return z.clip(*self.feature_range) if self.clip else z

    def _backward(self, z: Any, dtype: Any) -> Any:
        return (z - self.min_.astype(dtype, copy=False)) / self.scale_.astype(dtype, copy=False)
