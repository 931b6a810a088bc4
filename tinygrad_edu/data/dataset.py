"""Data sets: anything that has a length and can be indexed, and how to split it."""

from __future__ import annotations

import bisect
import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from .._foreign import described
from .._numbers import with_numbers
from ..autograd.arrays import require_numbers
from ..autograd.node import from_array, is_tensor, raw
from ..autograd.user_line import warn_user
from ..ops.generator import Generator
from ..ops.random import default_generator
from .tables import from_table, require_rows, rows_of

Array = np.ndarray[Any, Any]


class Dataset:
    """Base class of data sets: a subclass defines `__getitem__(i)`, one sample, and `__len__()`, the number of samples.

    `__getitems__(indices)`, if defined, returns a whole batch at once, which is much faster than one row at a time: for a list
    of indices, it returns a list of samples, as in PyTorch, or the batch itself, a tuple of arrays or Tensors [batch, …].

    >>> from tinygrad_edu.data import DataLoader, Dataset
    >>> class Squares(Dataset):
    ...     def __len__(self):
    ...         return 4
    ...     def __getitem__(self, i):
    ...         return i, i * i
    >>> next(iter(DataLoader(Squares(), batch_size=3)))
    [tensor([0, 1, 2]), tensor([0, 1, 4])]
    """

    def __getitem__(self, index: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__} must define __getitem__(self, index): the sample at that index")

    def __len__(self) -> int:
        raise NotImplementedError(f"{type(self).__name__} must define __len__(self): the number of samples")

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(len(self)))

    def __add__(self, other: Any) -> ConcatDataset:
        return ConcatDataset([self, other])


class IterableDataset(Dataset):
    """Samples that arrive one after the other, from a file, a network or a simulation: a subclass defines `__iter__`.

    A DataLoader combines them into mini-batches, in the order in which they arrive. It has a length if the subclass defines
    `__len__`. For files larger than memory, which can be shuffled, see ChunkLoader.

    >>> from tinygrad_edu.data import DataLoader, IterableDataset
    >>> class Squares(IterableDataset):
    ...     def __iter__(self):
    ...         return (i * i for i in range(5))
    >>> list(DataLoader(Squares(), batch_size=3))
    [tensor([0, 1, 4]), tensor([ 9, 16])]
    """

    def __iter__(self) -> Iterator[Any]:
        raise NotImplementedError(f"{type(self).__name__} must define __iter__(self): the samples, one after the other")

    def __getitem__(self, index: Any) -> Any:
        raise TypeError(f"{type(self).__name__} is an IterableDataset: its samples are iterated over, not indexed")

    def __len__(self) -> int:
        raise TypeError(f"{type(self).__name__} is an IterableDataset without a length; define __len__(self) if it has one")


class Stream(IterableDataset):
    """An iterable as an IterableDataset; an iterator, such as a generator, raises an error when it is read a second time."""

    def __init__(self, source: Iterable[Any]) -> None:
        self._source, self._read = source, False

    def __iter__(self) -> Iterator[Any]:
        rest = iter(self._source)
        if rest is self._source:
            if self._read:
                raise RuntimeError(
                    "DataLoader: the data set is an iterator, such as a generator, which only the first epoch can read; write "
                    "a class with __iter__ (an IterableDataset) that starts from the beginning, or convert it to a list once"
                )
            self._read = True
        return rest


class TensorDataset(Dataset):
    """Rows of Tensors that belong together: `dataset[i]` is (X[i], y[i]).

    tensors: Tensors [N, …] with the same N; or arrays, whose memory is shared, or pandas tables.

    >>> import tinygrad_edu as tg
    >>> from tinygrad_edu.data import TensorDataset
    >>> TensorDataset(tg.arange(6).reshape(3, 2), tg.tensor([0, 1, 0]))[1]
    (tensor([2, 3]), tensor(1))
    """

    def __init__(self, *tensors: Any) -> None:
        if not tensors:
            raise TypeError("TensorDataset: at least one tensor is needed")
        tensors = tuple(from_table("TensorDataset", t) for t in tensors)
        for t in tensors:
            if not (is_tensor(t) or isinstance(t, np.ndarray)):
                raise TypeError(f"TensorDataset: expected Tensors or arrays, got {described(t)}")
            if t.ndim == 0 or len(t) != len(tensors[0]):
                shapes = ", ".join(str(tuple(t.shape)) for t in tensors)
                raise ValueError(f"TensorDataset: Size mismatch between tensors: the first axes must be equal, got {shapes}")
        self.tensors = tuple(t if is_tensor(t) else from_array(require_numbers("TensorDataset", t)) for t in tensors)

    def __getitem__(self, index: Any) -> tuple[Any, ...]:
        return tuple(t[index] for t in self.tensors)

    def __len__(self) -> int:
        return len(self.tensors[0])

    def batch(self, indices: Array) -> list[Any]:
        """The rows at `indices` of each tensor, copied in one operation per tensor."""
        return [t[indices] if t.requires_grad else from_array(raw(t).take(indices, axis=0)) for t in self.tensors]


class Subset(Dataset):
    """The samples of `dataset` at `indices`."""

    def __init__(self, dataset: Any, indices: Sequence[int] | Array) -> None:
        require_rows("Subset", dataset)
        self.dataset = dataset
        self.indices = indices

    def __getitem__(self, index: Any) -> Any:
        return self.dataset[self.indices[index]]

    def __len__(self) -> int:
        return len(self.indices)


class ConcatDataset(Dataset):
    """The samples of several data sets, one set after the other; for two, `a + b` is the same.

    >>> from tinygrad_edu.data import ConcatDataset
    >>> both = ConcatDataset([range(3), range(10, 12)])
    >>> len(both), both[3], both[-1]
    (5, 10, 11)
    """

    def __init__(self, datasets: Iterable[Any]) -> None:
        self.datasets = list(datasets)
        if not self.datasets:
            raise ValueError("ConcatDataset: at least one data set is needed")
        self.cumulative_sizes = list(itertools.accumulate(len(dataset) for dataset in self.datasets))

    def __getitem__(self, index: Any) -> Any:
        n = len(self)
        if not -n <= index < n:
            raise IndexError(f"ConcatDataset: index {index} is out of range for {n} samples")
        index %= n
        which = bisect.bisect_right(self.cumulative_sizes, index)
        return self.datasets[which][index - (self.cumulative_sizes[which - 1] if which else 0)]

    def __len__(self) -> int:
        return self.cumulative_sizes[-1]


@with_numbers
def random_split(dataset: Any, lengths: Sequence[int] | Sequence[float], generator: Generator | None = None) -> list[Subset]:
    """Distribute the samples at random among Subsets of the given lengths, or fractions that sum to 1.

    Lengths from fractions are rounded down; remaining samples go one by one to the first subsets. The order equals PyTorch's.

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


@with_numbers
def train_test_split(
    *arrays: Any,
    test_size: float | int = 0.25,
    stratify: Any = None,
    generator: Generator | None = None,
    random_state: int | None = None,
) -> list[Any]:
    """Shuffle rows and split them into two parts: `X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2)`.

    arrays        arrays, Tensors, lists, or pandas tables (which keep their index), with the same number of rows N
    test_size     a fraction in (0, 1), for ⌈test_size · N⌉ rows, or a number of rows in [1, N)
    stratify      classes [N], usually y: both parts get each class in proportion, to within one row
    random_state  a seed for this split alone; named as in scikit-learn, which splits differently with the same seed

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
            f"train_test_split: test_size must be a fraction between 0 and 1 or a number of rows in [1, {n}) that leaves both "
            f"parts at least one row, got {test_size!r}"
        )
    if random_state is not None and generator is not None:
        raise TypeError("train_test_split: random_state and generator both determine the order; pass one of them")
    rng = generator or (default_generator if random_state is None else Generator().manual_seed(random_state))
    if stratify is None:
        order = rng.permutation(n)
        test, train = order[:count], order[count:]
    else:
        test = _stratified(np.asarray(raw(stratify)), count, rng)
        rest = np.ones(n, bool)
        rest[test] = False
        train = np.flatnonzero(rest)
        train, test = train[rng.permutation(len(train))], test[rng.permutation(count)]
    return [rows_of(a, part) for a in arrays for part in (train, test)]


def _stratified(y: Array, count: int, rng: Generator) -> Array:
    """`count` row numbers, with each class in proportion: rounded down, the rest by the largest remainders."""
    if y.ndim != 1:
        raise ValueError(f"train_test_split: stratify must have shape [N], got {y.shape}")
    classes, members = np.unique(y, return_inverse=True)
    sizes = np.bincount(members)
    if sizes.min() < 2:
        raise ValueError(
            f"train_test_split: class {classes[sizes.argmin()]} has 1 member, too few for both parts; omit stratify"
        )
    if count < len(classes) or len(y) - count < len(classes):
        raise ValueError(
            f"train_test_split: with {len(classes)} classes, each part needs at least that many rows, got {len(y) - count} and "
            f"{count}"
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
