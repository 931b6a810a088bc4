"""Data sets in parts: at random, in given shares, or with the same share of every class."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..autograd.node import raw
from ..autograd.user_line import warn_user
from ..ops.generator import Generator
from ..ops.random import default_generator
from .dataset import Subset

Array = np.ndarray[Any, Any]


def random_split(dataset: Any, lengths: Sequence[int] | Sequence[float], generator: Generator | None = None) -> list[Subset]:
    """Deal the samples at random to Subsets of the given lengths, or fractions that sum to 1.

    Of fractions the lengths are rounded down; what is left goes one by one to the first subsets. PyTorch's numbers.

    >>> import tinygrad_edu as tg
    >>> from tinygrad_edu.data import random_split
    >>> train, test = random_split(range(10), [0.8, 0.2], generator=tg.Generator().manual_seed(0))
    >>> len(train), list(test)
    (8, [6, 2])
    """
    n = len(dataset)
    if math.isclose(sum(lengths), 1) and all(0 <= fraction <= 1 for fraction in lengths):
        sizes = [math.floor(n * fraction) for fraction in lengths]
        for i in range(n - sum(sizes)):
            sizes[i % len(sizes)] += 1
        if 0 in sizes:
            warn_user(f"random_split: the subset at position {sizes.index(0)} is empty")
    elif sum(lengths) == n and all(length >= 0 and length == int(length) for length in lengths):
        sizes = [int(length) for length in lengths]
    else:
        raise ValueError(f"random_split: the lengths must sum to {n}, the size of the data set, or to 1; got {list(lengths)}")
    order = (generator or default_generator).permutation(n)
    ends = np.cumsum(sizes)
    return [Subset(dataset, order[end - size : end].tolist()) for end, size in zip(ends.tolist(), sizes, strict=True)]


def train_test_split(
    *arrays: Any,
    test_size: float | int = 0.25,
    stratify: Any = None,
    generator: Generator | None = None,
) -> list[Any]:
    """Shuffle rows and set some aside: `X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2)`.

    arrays     arrays or Tensors with the same number of rows N
    test_size  a fraction in (0, 1), of which ⌈test_size · N⌉ rows are taken, or a number of rows in [1, N)
    stratify   classes [N], usually y: each gets its share of both parts, to within one row

    >>> import numpy as np
    >>> from tinygrad_edu.data import train_test_split
    >>> y = np.array([0] * 80 + [1] * 20)
    >>> y_train, y_test = train_test_split(y, test_size=0.2, stratify=y)
    >>> np.bincount(y_train), np.bincount(y_test)
    (array([64, 16]), array([16,  4]))
    """
    if not arrays:
        raise TypeError("train_test_split: at least one array is needed")
    rows = [len(a) for a in arrays] + ([] if stratify is None else [len(stratify)])
    n = rows[0]
    if any(r != n for r in rows):
        raise ValueError(f"train_test_split: all arrays (and stratify) need the same number of rows, got {rows}")
    count = math.ceil(test_size * n) if isinstance(test_size, float) else test_size
    if not (0 < count < n and (0 < test_size < 1 or not isinstance(test_size, float))):
        raise ValueError(
            f"train_test_split: test_size must be a fraction between 0 and 1 or a number of rows in [1, {n}), and leave both "
            f"parts at least one row, got {test_size!r}"
        )
    rng = generator or default_generator
    if stratify is None:
        order = rng.permutation(n)
        test, train = order[:count], order[count:]
    else:
        test = _stratified(np.asarray(raw(stratify)), count, rng)
        rest = np.ones(n, bool)
        rest[test] = False
        train = np.flatnonzero(rest)
        train, test = train[rng.permutation(len(train))], test[rng.permutation(count)]
    return [a[part] if hasattr(a, "shape") else [a[i] for i in part] for a in arrays for part in (train, test)]


def _stratified(y: Array, count: int, rng: Generator) -> Array:
    """`count` row numbers, of each class its share: rounded down, and what is left to the largest remainders."""
    if y.ndim != 1:
        raise ValueError(f"train_test_split: stratify must have shape [N], got {y.shape}")
    classes, members = np.unique(y, return_inverse=True)
    sizes = np.bincount(members)
    if sizes.min() < 2:
        raise ValueError(
            f"train_test_split: class {classes[sizes.argmin()]} has 1 member, too few to be in both parts; leave stratify out"
        )
    if count < len(classes) or len(y) - count < len(classes):
        raise ValueError(
            f"train_test_split: with {len(classes)} classes both parts need that many rows, got {len(y) - count} and {count}"
        )
    shares = sizes * count / len(y)
    taken = np.floor(shares).astype(np.int64)
    most_missing = np.argsort(taken - shares, kind="stable")
    taken[most_missing[: count - taken.sum()]] += 1
    parts = []
    for c, k in enumerate(taken.tolist()):
        rows = np.flatnonzero(members == c)
        parts.append(rows[rng.permutation(len(rows))[:k]])
    return np.concatenate(parts)
