"""The few numbers that are kept of an array."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from ..render.number_format import number

BINS = 24  # of a histogram
FIRST = 6  # number of leading values kept
SMALL = 16  # up to this size, plain Python is faster than NumPy's reductions
LARGE = 1e150  # above it, sums of squares may overflow: such arrays are scaled by their largest absolute value


@dataclass(frozen=True, slots=True)
class Summary:
    """An array in a few numbers. min, max, mean, std and norm are over the finite values, None if there are none.

    histogram counts the finite values in 24 equal bins from min to max; it is empty if all of them are equal.
    overwritten: the values used in the computation are gone; the numbers are missing, or a parameter's current ones.
    """

    shape: tuple[int, ...]
    dtype: str
    nbytes: int
    first: tuple[float, ...]
    min: float | None = None
    max: float | None = None
    mean: float | None = None
    std: float | None = None
    norm: float | None = None
    nan: int = 0
    inf: int = 0
    zero: int = 0
    histogram: tuple[int, ...] = ()
    overwritten: bool = False

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    def __str__(self) -> str:
        """The value if it is short, otherwise its range and mean, and the number of NaN and Inf.

        >>> import numpy as np
        >>> for a in ([1.0, 2.0], range(100), [1.0, np.nan] * 9):
        ...     print(summarize(np.array(a)))
        [1, 2]
        0 … 99, mean 49.5
        1 everywhere, NaN × 9
        """
        if self.overwritten:
            return f"{replace(self, overwritten=False)}, changed since" if self.first else "overwritten"
        if not self.first:
            return "empty" if self.dtype else "unknown"  # an op that raised has no value
        if self.size == 1:
            return number(self.first[0])
        bad = "".join(f", {label} × {count:,}" for label, count in (("NaN", self.nan), ("Inf", self.inf)) if count)
        if self.size <= 3 and len(self.shape) == 1:
            return "[" + ", ".join(number(v) for v in self.first) + "]"
        if self.min is None or self.max is None or self.mean is None:
            return bad.removeprefix(", ")
        if self.min == self.max:
            return f"{number(self.min)} everywhere{bad}"
        return f"{number(self.min, 3)} … {number(self.max, 3)}, mean {number(self.mean, 3)}{bad}"


def summarize(array: Any) -> Summary:
    """The Summary of an array or a number; the array itself is not kept."""
    a = np.asarray(array)
    head = tuple(a.reshape(-1)[:FIRST].tolist())
    known: dict[str, Any] = {"shape": a.shape, "dtype": _name(a.dtype), "nbytes": a.nbytes, "first": head}
    if a.size == 0 or a.dtype.kind not in "biuf":
        return Summary(**known)
    if a.size <= SMALL:
        return Summary(**known, **_of_few(a.reshape(-1).tolist()))
    with np.errstate(all="ignore"):  # the summary of a diverged run may overflow, and should show that
        flat = a.reshape(-1).astype(np.float64, copy=False)
        finite = np.isfinite(flat)
        nan = int(np.isnan(flat).sum())
        inf = int(flat.size - finite.sum()) - nan
        kept = flat if nan == inf == 0 else flat[finite]
        if kept.size == 0:
            return Summary(**known, nan=nan, inf=inf)
        low, high = float(kept.min()), float(kept.max())
        unit = max(-low, high) if max(-low, high) > LARGE else 1.0
        if unit != 1.0:
            kept = kept / unit
        histogram: tuple[int, ...] = ()
        if low < high:
            bins = ((kept - low / unit) * (BINS / (high / unit - low / unit))).astype(np.intp)
            histogram = tuple(np.bincount(np.clip(bins, 0, BINS - 1), minlength=BINS).tolist())
        return Summary(
            **known,
            min=low,
            max=high,
            mean=float(kept.mean()) * unit,
            std=float(kept.std()) * unit,
            norm=float(np.sqrt(np.dot(kept, kept))) * unit,
            nan=nan,
            inf=inf,
            zero=int(kept.size - np.count_nonzero(kept)),
            histogram=histogram,
        )


def summarize_overwritten(array: Any) -> Summary:
    """The Summary of an array whose values have been overwritten."""
    return Summary(array.shape, _name(array.dtype), array.nbytes, (), overwritten=True)


_name = lru_cache(maxsize=None)(str)  # NumPy takes microseconds to name a dtype, and a graph does so for each node


def _of_few(values: list[float]) -> dict[str, Any]:
    """The statistics in a Summary, for a short list."""
    kept = [float(v) for v in values if math.isfinite(v)]
    nan = sum(1 for v in values if v != v)
    counted = {"nan": nan, "inf": len(values) - len(kept) - nan}
    if not kept:
        return counted
    if len(kept) == 1:
        v = kept[0]
        return {"min": v, "max": v, "mean": v, "std": 0.0, "norm": abs(v), "zero": int(v == 0), **counted}
    low, high, mean = min(kept), max(kept), sum(kept) / len(kept)
    bins = [0] * BINS
    width = high - low
    for v in kept if 0 < width < math.inf else ():
        bins[min(int((v - low) / width * BINS), BINS - 1)] += 1
    return {
        "min": low,
        "max": high,
        "mean": mean,
        "std": math.hypot(*(v - mean for v in kept)) / math.sqrt(len(kept)),
        "norm": math.hypot(*kept),
        "zero": kept.count(0.0),
        "histogram": tuple(bins) if any(bins) else (),
        **counted,
    }
