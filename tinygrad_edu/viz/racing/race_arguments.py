"""Checks of race's arguments before the first step."""

from __future__ import annotations

import math
from collections.abc import Callable
from numbers import Real
from typing import Any

import numpy as np


def check_arguments(start: Any, steps: Any, lr: Any, noise: Any, seeds: Any, rates: Any) -> None:
    """Raise TypeError or ValueError for the first argument that is wrong."""
    point = np.asarray(start)
    if point.shape != (2,) or point.dtype.kind not in "fiu" or not np.isfinite(point).all():
        raise ValueError(f"race: start must be a point (x, y) of two finite numbers, got {start!r}")
    for name, value in (("steps", steps), ("seeds", seeds)):
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
            raise TypeError(f"race: {name} must be a whole number, got {value!r} ({type(value).__name__})")
        if value < 1:
            raise ValueError(f"race: {name} must be at least 1, got {value}")
    if lr != "tune":
        _require("lr", lr, 'a finite number >= 0, or "tune"', lambda v: 0 <= v < math.inf)
    _require("noise", noise, "a finite number >= 0", lambda v: 0 <= v < math.inf)
    if not hasattr(rates, "__len__") or isinstance(rates, str) or len(rates) == 0:
        raise ValueError(f"race: rates must be a list of learning rates to try, got {rates!r}")
    for rate in rates:
        _require("each of rates", rate, "a finite number >= 0", lambda v: 0 <= v < math.inf)


def _require(name: str, value: Any, words: str, allowed: Callable[[Any], bool]) -> None:
    number = isinstance(value, Real) and not isinstance(value, bool)
    if not number or not allowed(value):
        kind = ValueError if number or isinstance(value, str) else TypeError
        raise kind(f"race: {name} must be {words}, got {value!r}")
