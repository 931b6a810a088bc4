"""Bring the columns of a table to one scale before training."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np

from ..autograd.node import from_array, is_tensor, raw

Array = np.ndarray[Any, Any]
T = TypeVar("T")


class StandardScaler:
    """Shift and scale each column to mean 0 and standard deviation 1.

    z = (x − mean_) / scale_        mean_ = mean of the column, scale_ = √var_, var_ = mean of (x − mean_)²

    X [N, features], an array or a Tensor; what comes in comes out, float32 stays float32. Fit it on the training part only,
    or the test part leaks into training. A constant column gets scale_ 1, as in scikit-learn, so that it becomes 0 and not NaN.
    Columns of different scales make the loss a narrow valley, in which gradient descent needs small steps and many of them.

    with_mean=False keeps the means, with_std=False the scales.

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
    n_features_in_: int
    n_samples_seen_: int

    def __init__(self, *, with_mean: bool = True, with_std: bool = True) -> None:
        self.with_mean = with_mean
        self.with_std = with_std

    def __repr__(self) -> str:
        options = [f"{name}=False" for name in ("with_mean", "with_std") if not getattr(self, name)]
        return f"StandardScaler({', '.join(options)})"

    def fit(self, X: Any, y: Any = None) -> StandardScaler:
        """Learn the mean and scale of each column of X [N, features], N ≥ 1, in float64; `y` is not looked at."""
        x = self._table("fit", X).astype(np.float64)
        n = len(x)
        if n == 0:
            raise ValueError(f"StandardScaler.fit: X must have at least one row, got shape {x.shape}")
        if not np.isfinite(x).all():
            bad = np.flatnonzero(~np.isfinite(x).all(axis=0)).tolist()
            raise ValueError(f"StandardScaler.fit: X must be finite, but there is NaN or infinity in column(s) {bad[:10]}")
        self.mean_ = x.mean(axis=0)
        self.var_ = x.var(axis=0)
        # what rounding makes of a constant column: its variance is not always exactly 0
        eps = np.finfo(np.float64).eps
        constant = self.var_ <= n * eps * self.var_ + (n * self.mean_ * eps) ** 2
        self.scale_ = np.where(constant, 1.0, np.sqrt(self.var_))
        self.n_features_in_, self.n_samples_seen_ = x.shape[1], n
        return self

    def transform(self, X: T) -> T:
        """X [N, features] -> (X − mean_) / scale_."""
        return self._apply("transform", X, inverse=False)

    def fit_transform(self, X: T, y: Any = None) -> T:
        """fit(X), then transform(X)."""
        return self.fit(X).transform(X)

    def inverse_transform(self, X: T) -> T:
        """z [N, features] -> z · scale_ + mean_: back to the units of the data."""
        return self._apply("inverse_transform", X, inverse=True)

    def _apply(self, method: str, X: Any, inverse: bool) -> Any:
        if not hasattr(self, "mean_"):
            raise RuntimeError(f"StandardScaler.{method}: this scaler has not seen data yet; call fit(X_train) first")
        x = self._table(method, X)
        if x.shape[1] != self.n_features_in_:
            raise ValueError(f"StandardScaler.{method}: fit saw {self.n_features_in_} features (columns), got shape {x.shape}")
        mean = self.mean_ if self.with_mean else np.zeros_like(self.mean_)
        scale = self.scale_ if self.with_std else np.ones_like(self.scale_)
        if is_tensor(X) and X.requires_grad:  # recorded, so that a gradient reaches X
            mean, scale = mean.astype(x.dtype), scale.astype(x.dtype)
            return X * scale + mean if inverse else (X - mean) / scale
        z = (x * scale + mean if inverse else (x - mean) / scale).astype(x.dtype)
        return from_array(z) if is_tensor(X) else z

    @staticmethod
    def _table(method: str, X: Any) -> Array:
        """X as an array of floats with two axes; integers become float32."""
        x = np.asarray(raw(X))
        if x.dtype.kind not in "fiub":
            raise TypeError(f"StandardScaler.{method}: X must hold numbers, got {type(X).__name__} of dtype {x.dtype}")
        if x.ndim != 2:
            hint = "; X.reshape(-1, 1) makes a column of it" if x.ndim == 1 else ""
            raise ValueError(f"StandardScaler.{method}: X must have shape [N, features], got {x.shape}{hint}")
        return x if x.dtype.kind == "f" else x.astype(np.float32)
