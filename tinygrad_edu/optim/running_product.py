"""A running product, extended by one factor per step; the earlier products are kept."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any


class RunningProduct:
    """product(t, *options) = factor(1, *options) ⋯ factor(t, *options), multiplied in that order as a loop would.

    The products so far are kept, so that a step costs one multiplication. Printers of recorded programs print the formula of
    `factor`.

    >>> RunningProduct(lambda k, base: k / base)(3, 2.0)  # ½ · 1 · 1½
    0.75
    """

    def __init__(self, factor: Callable[..., float]) -> None:
        self.factor = factor
        self.__module__, self.__name__ = factor.__module__, f"{factor.__name__}_product"
        self._so_far = lru_cache(maxsize=64)(lambda *options: [1.0])

    def __call__(self, t: int, *options: Any) -> float:
        products: list[float] = self._so_far(*options)
        while len(products) <= t:
            if products[-1] == 0:  # underflow: it stays 0
                return 0.0
            products.append(products[-1] * self.factor(len(products), *options))
        return products[t]
