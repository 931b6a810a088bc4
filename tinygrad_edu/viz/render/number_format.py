"""Formatting numbers, shapes, sizes and times for readers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np


def number(value: Any, digits: int = 4) -> str:
    """A number with at most `digits` significant digits, in readable form; integers below 10⁷ have all their digits.

    >>> [number(v) for v in (0.70710678, 1234567.0, -0.0, 1e-05, True, float("nan"), float("-inf"), 31)]
    ['0.7071', '1.235e6', '0', '1e-5', 'True', 'NaN', '-Inf', '31']
    """
    if isinstance(value, complex):
        return f"{value:.{digits}g}"
    if isinstance(value, bool | np.bool_):
        return str(bool(value))
    if isinstance(value, int | np.integer) and abs(int(value)) < 10**7:
        return str(int(value))
    v = float(value)
    if not math.isfinite(v):
        return "NaN" if v != v else "Inf" if v > 0 else "-Inf"
    text = f"{v:.{digits}g}"
    if "e" in text:
        mantissa, exponent = text.split("e")
        return f"{mantissa}e{int(exponent)}"
    return "0" if v == 0 else text


def rounded(value: float, digits: int = 4) -> float | int | None:
    """A number for a page's script, rounded to `digits` significant digits: an int if it is then whole, None if not finite.

    >>> [rounded(v) for v in (0.70710678, 3.0, float("inf"))]
    [0.7071, 3, None]
    """
    if not math.isfinite(value):
        return None
    short = float(f"{value:.{digits}g}")
    return int(short) if short.is_integer() and abs(short) < 1e15 else short


def shape_text(shape: tuple[int, ...]) -> str:
    """A shape as text, such as `[32, 10]`; empty for a scalar.

    >>> shape_text((32, 10)), shape_text(())
    ('[32, 10]', '')
    """
    return "[" + ", ".join(map(str, shape)) + "]" if shape else ""


def bytes_text(count: int) -> str:
    """A number of bytes in the largest unit in which it is at least one.

    >>> bytes_text(12), bytes_text(2048), bytes_text(3_500_000)
    ('12 B', '2.0 KiB', '3.3 MiB')
    """
    if count < 1024:
        return f"{count} B"
    size = float(count)
    for unit in ("KiB", "MiB", "GiB"):
        size /= 1024
        if size < 1024:
            return f"{size:.1f} {unit}"
    return f"{size / 1024:.1f} TiB"


def seconds_text(seconds: float) -> str:
    """A time in the largest unit in which it is at least one.

    >>> seconds_text(0.00025), seconds_text(1.5)
    ('250 µs', '1.5 s')
    """
    unit, size = next(((u, s) for u, s in (("s", 1.0), ("ms", 1e-3)) if seconds >= s), ("µs", 1e-6))
    return f"{number(seconds / size, 3)} {unit}"
