"""Sizes as symbols: recordings at several sizes become one program for all sizes.

The sizes of each recording are distinct primes, so a number that is the product of some of them in every recording must come
from these sizes.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence

from ..instructions import Untraceable

RUNS: tuple[dict[str, int], ...] = ({"B": 11, "I": 3, "O": 7}, {"B": 31, "I": 19, "O": 29}, {"B": 67, "I": 53, "O": 59})
"""The sizes at which layers are recorded: batch, inputs, outputs."""

FACTORS = 3
"""The maximum number of sizes in a product."""


class SizeSymbols:
    """Finds the expression in the sizes that equals a number in each recording.

    >>> s = SizeSymbols([{"B": 11, "O": 7}, {"B": 31, "O": 29}])
    >>> s.size([77, 899]), s.size([22, 62]), s.size([3, 3]), s.number([2 / 11, 2 / 31])
    ('B * O', '2 * B', '3', '2 / B')
    """

    def __init__(self, runs: Sequence[Mapping[str, int]]) -> None:
        self.products = {
            tuple(math.prod(run[k] for k in names) for run in runs): " * ".join(names)
            for n in range(FACTORS, 0, -1)
            for names in itertools.combinations_with_replacement(runs[0], n)
        }

    def size(self, values: Sequence[int]) -> str:
        """An extent, stride or offset as an expression in the sizes."""
        found = self.products.get(tuple(values))
        if found is not None or len(set(values)) == 1:
            return found or str(values[0])
        for factor in range(1, 9):
            if all(v % factor == 0 for v in values):
                found = self.products.get(tuple(v // factor for v in values))
                if found is not None:
                    return found if factor == 1 else f"{factor} * {found}"
        raise Untraceable(f"the sizes {list(values)} of three recordings are not a product of the sizes of the layer")

    def number(self, values: Sequence[float]) -> str:
        """A constant: the same in all recordings, a product of sizes, or a number divided by such a product."""
        if len(set(values)) == 1 or all(v != v for v in values):
            return literal(values[0])
        if all(v == int(v) for v in values):
            return self.size([int(v) for v in values])
        for key, text in self.products.items():
            above = [v * n for v, n in zip(values, key, strict=True)]
            k = float(f"{above[0]:.13g}")
            if all(abs(a - k) <= 4e-16 * abs(k) for a in above) and all(v == k / n for v, n in zip(values, key, strict=True)):
                return f"{literal(k)} / {text if ' ' not in text else f'({text})'}"
        raise Untraceable(f"the constants {list(values)} of three recordings do not follow from the sizes of the layer")


def literal(value: float) -> str:
    """A number as a JavaScript literal.

    >>> [literal(v) for v in (True, 3, 0.5, float("-inf"), float("nan"), -2.0)]
    ['1', '3', '0.5', '-Infinity', 'NaN', '-2']
    """
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if value != value else f"{'-' if value < 0 else ''}Infinity"
    return repr(value).removesuffix(".0")
