"""Wording of messages and titles: plurals, articles, ranges of values."""

from __future__ import annotations

import math
from typing import Any

import numpy as np


def counted(n: int, noun: str, plural: str = "", spec: str = "") -> str:
    """A number and its noun, in the plural unless n is 1: `noun` + "s", or `plural`. spec="," separates thousands.

    >>> counted(1, "epoch"), counted(0, "epoch"), counted(2, "kernel axis", "kernel axes"), counted(1200, "op", spec=",")
    ('1 epoch', '0 epochs', '2 kernel axes', '1,200 ops')
    """
    return f"{n:{spec}} {noun if n == 1 else plural or f'{noun}s'}"


def with_article(name: str) -> str:
    """The name of a type or the like, after "a" or "an", as it is pronounced: SGD and LSTM letter by letter.

    >>> [with_article(name) for name in ("int64", "MLP", "Linear", "SGD", "ndarray", "user")]
    ['an int64', 'an MLP', 'a Linear', 'an SGD', 'an ndarray', 'a user']
    """
    spelled = name[0] in "FHLMNRSX" and name[:2].isupper()
    return f"{'an' if spelled or name[0] in 'aeioAEIO' or name == 'ndarray' else 'a'} {name}"


def span(values: Any) -> str:
    """The smallest and the largest of the values, or one number if they are equal or NaN.

    >>> span([2.0, -1.0, 0.5]), span([3, 3]), span([1.0, math.nan])
    ('-1 to 2', '3', 'nan')
    """
    low, high = float(np.min(values)), float(np.max(values))
    return f"{low:g}" if low == high or math.isnan(low) else f"{low:g} to {high:g}"
