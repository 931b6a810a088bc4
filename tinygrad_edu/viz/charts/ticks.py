"""The range of an axis, its tick positions, and their labels."""

from __future__ import annotations

import math
from collections.abc import Iterable

from ..render.number_format import number


def ticks(low: float, high: float, about: int = 5) -> list[float]:
    """Round numbers (1, 2 or 5 times a power of ten apart) from low to high.

    >>> ticks(0.13, 0.97)
    [0.2, 0.4, 0.6, 0.8]
    """
    if not high > low:
        return [low]
    rough = (high - low) / max(about, 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * m for m in (1, 2, 5, 10) if power * m >= rough * 0.999)
    decimals = max(0, 2 - math.floor(math.log10(step)))
    return [round(k * step, decimals) for k in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)]


def log_ticks(low: float, high: float) -> list[float]:
    """Powers of ten from low to high, and 2 and 5 times those if they are few; round numbers if this gives fewer than two.

    >>> log_ticks(0.02, 3)
    [0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0]
    >>> log_ticks(28, 41)
    [30.0, 35.0, 40.0]
    """
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    every = max(1, (last - first) // 7)
    digits = (1, 2, 5) if math.log10(high) - math.log10(low) < 2.5 else (1,)
    found = [float(f"{m}e{k}") for k in range(first, last + 1, every) for m in digits]
    inside = [t for t in found if low * 0.999 <= t <= high * 1.001]
    return inside if len(inside) > 1 else ticks(low, high, 3)


def label(value: float, digits: int = 4) -> str:
    """A number formatted for axes and legends: with a minus sign, not a hyphen.

    >>> label(-0.5), label(1e-10)
    ('−0.5', '1e−10')
    """
    return number(value, digits).replace("-", "−")


def span(values: Iterable[float], log: bool) -> tuple[float, float]:
    """The range to draw: all finite values (positive ones on a log scale), with some margin."""
    kept = [v for v in values if math.isfinite(v) and (v > 0 or not log)]
    if not kept:
        return (0.1, 1.0) if log else (0.0, 1.0)
    low, high = min(kept), max(kept)
    if log:
        room = (math.log10(high) - math.log10(low)) * 0.04 or 0.3
        return 10.0 ** max(math.log10(low) - room, -300), 10.0 ** min(math.log10(high) + room, 300)
    room = (high - low) * 0.04 or abs(high) * 0.1 or 1.0
    return low - room, high + room
