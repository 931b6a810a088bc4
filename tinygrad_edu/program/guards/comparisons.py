"""Comparing Python values with those of the recorded run."""

from __future__ import annotations

from typing import Any

import numpy as np


def same_plain(a: Any, b: Any) -> bool:
    """Whether two values are equal and of the same type; nan equals nan, and -0.0 differs from 0.0.

    >>> same_plain(1, 1.0), same_plain(float("nan"), float("nan")), same_plain(0.0, -0.0)
    (False, True, False)
    """
    if type(a) is not type(b):
        return False
    return bool(a == b and (a != 0 or repr(a) == repr(b))) or bool(a != a and b != b)


def same_list(a: Any, b: Any) -> bool:
    """Whether two lists or two tuples of plain values are the same: same_plain for each element."""
    return type(a) is type(b) and len(a) == len(b) and all(map(same_plain, a, b))


def same_array(a: Any, b: Any) -> bool:
    """Whether `a` is an array with the shape, dtype and bits of the array `b`."""
    return isinstance(a, np.ndarray) and a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
