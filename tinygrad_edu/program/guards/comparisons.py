"""Comparing Python values with those of the recorded run."""

from __future__ import annotations

from typing import Any

import numpy as np


def same_plain(a: Any, b: Any) -> bool:
    """Equal values of the same type, where nan equals nan and -0.0 differs from 0.0.

    >>> same_plain(1, 1.0), same_plain(float("nan"), float("nan")), same_plain(0.0, -0.0)
    (False, True, False)
    """
    if type(a) is not type(b):
        return False
    return bool(a == b and (a != 0 or repr(a) == repr(b))) or bool(a != a and b != b)


def same_list(a: Any, b: Any) -> bool:
    """Lists or tuples of plain values that are equal, element by element and type by type."""
    return type(a) is type(b) and len(a) == len(b) and all(map(same_plain, a, b))


def same_array(a: Any, b: Any) -> bool:
    """Arrays with the same shape, dtype and bits."""
    return isinstance(a, np.ndarray) and a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
