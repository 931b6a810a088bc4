"""The data sets of the playground, and the user's own."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..._wording import span
from ...autograd.node import raw
from ...data import real, toy
from ...ops.generator import Generator

TRAIN, VALIDATION = 200, 100
"""The numbers of training and validation points in each toy set."""

MOST_ROWS, MOST_FEATURES, MOST_CLASSES, LARGEST = 2000, 12, 6, 1e100

Set = dict[str, Any]


def toy_sets() -> dict[str, Set]:
    """Iris and the toy sets (points in the plane, and a curve), whose noise is separate: the page scales and adds it."""
    n = TRAIN + VALIDATION
    made = {
        "moons": toy.moons(n, 0.0, generator=_stream(1)),
        "circles": toy.circles(n, 0.0, generator=_stream(2)),
        "xor": toy.xor(n, 0.0, generator=_stream(3)),
        "spirals": toy.spirals(n, 0.0, generator=_stream(4)),
        "blobs": toy.blobs(n, [[-1.5, -1.0], [1.5, -1.0], [0.0, 1.6]], 0.0, generator=_stream(5)),
    }
    noise = {"moons": 0.15, "circles": 0.08, "xor": 0.05, "spirals": 0.03, "blobs": 0.5}
    sets: dict[str, Set] = {}
    for seed, (name, (X, y)) in enumerate(made.items(), 11):
        sets[name] = _set(X, y, classes=int(y.max()) + 1, noise=noise[name], Z=_stream(seed).normal(X.shape))
    X = np.linspace(-math.pi, math.pi, n)[_stream(6).permutation(n)][:, None]
    curve = np.sin(X[:, 0]) + 0.3 * X[:, 0]
    sets["curve"] = _set(X, curve, classes=0, noise=0.15, Z=_stream(17).normal((n, 1)))
    iris = real.load_iris()
    order = _stream(7).permutation(len(iris.X))
    sets["iris"] = _set(
        iris.X[order], iris.y[order], classes=3, noise=0.0, Z=None, names=list(iris.feature_names), validation=50, axes=(2, 3)
    )
    return sets


def own_set(X: Any, y: Any) -> Set:
    """A set from the user's X, [N, features] or [N], and y, [N] or [N, 1]: integers are classes, floats are real targets."""
    x, t = (np.asarray(raw(v)) for v in (X, y))
    if x.ndim == 1:
        x = x[:, None]
    if x.ndim != 2 or x.dtype.kind not in "fiub" or not x.size:
        raise ValueError(f"playground: X must be numbers [N, features] with N >= 1, got shape {x.shape} of {x.dtype}")
    if t.ndim == 2 and t.shape[1] == 1:
        t = t[:, 0]
    if t.shape != (len(x),) or t.dtype.kind not in "fiub":
        raise ValueError(f"playground: y must be numbers [{len(x)}], one for each row of X, got shape {t.shape} of {t.dtype}")
    if len(x) > MOST_ROWS or x.shape[1] > MOST_FEATURES:
        raise ValueError(
            f"playground: the page trains on at most {MOST_ROWS} rows of {MOST_FEATURES} features, got {np.shape(X)}; "
            f"pass fewer, such as {'X[:2000, :12]' if np.ndim(X) > 1 else 'X[:2000]'} and y[:2000]"
        )
    if not (np.isfinite(x.astype(np.float64)).all() and np.isfinite(t.astype(np.float64)).all()):
        raise ValueError("playground: X and y must be finite, got nan or inf; replace these values or drop their rows")
    largest = max(float(np.abs(v.astype(np.float64)).max()) for v in (x, t))
    if largest > LARGEST:
        raise ValueError(
            f"playground: values must be at most {LARGEST:g} in magnitude, so that squares do not overflow, got {largest:g}"
        )
    classes = 0
    if t.dtype.kind in "iub":
        t = t.astype(np.int64)
        classes = int(t.max()) + 1
        if t.min() < 0 or not 2 <= classes <= MOST_CLASSES:
            raise ValueError(
                f"playground: classes must be 0 … C−1 with C from 2 to {MOST_CLASSES}, got {span(t)}; "
                "to predict numbers, pass y as floats"
            )
    order = _stream(0).permutation(len(x))
    kept = len(x) // 4 if len(x) >= 20 else 0
    return _set(x[order], t[order], classes=classes, noise=0.0, Z=None, validation=kept)


def _set(
    X: Any,
    y: Any,
    *,
    classes: int,
    noise: float,
    Z: Any,
    names: list[str] | None = None,
    validation: int = VALIDATION,
    axes: tuple[int, int] = (0, 1),
) -> Set:
    return {
        "X": _rounded(X), "y": _rounded(y), "classes": classes, "noise": noise, "Z": None if Z is None else _rounded(Z, 3),
        "features": int(np.shape(X)[1]), "names": names or [f"x{_subscript(k)}" for k in range(1, np.shape(X)[1] + 1)],
        "validation": validation, "axes": axes,
    }  # fmt: skip


def _rounded(values: Any, digits: int = 4) -> list[float]:
    """Flattened, and rounded to what a picture can show; the script that the page writes has these rounded numbers too."""
    flat = np.asarray(values, np.float64).ravel()
    scale = max(1.0, float(np.abs(flat).max(initial=0)))
    digits = max(0, digits - math.floor(math.log10(scale)))
    return [int(v) if v == int(v) else v for v in np.round(flat, digits).tolist()]


def _subscript(k: int) -> str:
    return "".join("₀₁₂₃₄₅₆₇₈₉"[int(c)] for c in str(k))


def _stream(seed: int) -> Generator:
    return Generator().manual_seed(seed)
