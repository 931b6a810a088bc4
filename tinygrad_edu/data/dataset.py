"""Data sets: what can be counted and indexed, and how to split it."""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from ..autograd.node import from_array, is_tensor, raw
from ..ops.creation import require_numbers

Array = np.ndarray[Any, Any]


class Dataset:
    """The base of data sets: a subclass defines `__getitem__(i)`, one sample, and `__len__()`, how many there are.

    `__getitems__(indices)`, where it is defined, makes a whole batch at once, which is many times faster than row by row: of
    a list of indices a list of samples, as in PyTorch, or the batch itself, a tuple of arrays or Tensors [batch, …].

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
    """Samples that come one after the other, from a file, a network, a simulation: a subclass defines `__iter__`.

    A DataLoader puts them together in mini-batches, in the order in which they come. It has a length if the subclass defines
    `__len__`. See ChunkLoader for files that are larger than memory, which can be shuffled.

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
        raise TypeError(f"{type(self).__name__} is an IterableDataset: its samples come in their own order, not by index")

    def __len__(self) -> int:
        raise TypeError(f"{type(self).__name__} is an IterableDataset without a length; define __len__(self) if it has one")


class TensorDataset(Dataset):
    """Rows of Tensors that belong together: `dataset[i]` is (X[i], y[i]).

    tensors: Tensors [N, …] with the same N; arrays are taken too and share their memory.

    >>> import tinygrad_edu as tg
    >>> from tinygrad_edu.data import TensorDataset
    >>> TensorDataset(tg.arange(6).reshape(3, 2), tg.tensor([0, 1, 0]))[1]
    (tensor([2, 3]), tensor(1))
    """

    def __init__(self, *tensors: Any) -> None:
        if not tensors:
            raise TypeError("TensorDataset: at least one tensor is needed")
        for t in tensors:
            if not (is_tensor(t) or isinstance(t, np.ndarray)):
                raise TypeError(f"TensorDataset: expected Tensors or arrays, got {type(t).__name__}")
            if t.ndim == 0 or len(t) != len(tensors[0]):
                shapes = ", ".join(str(tuple(t.shape)) for t in tensors)
                raise ValueError(f"TensorDataset: the first axis of all tensors must have the same size, got shapes {shapes}")
        self.tensors = tuple(t if is_tensor(t) else from_array(require_numbers("TensorDataset", t)) for t in tensors)

    def __getitem__(self, index: Any) -> tuple[Any, ...]:
        return tuple(t[index] for t in self.tensors)

    def __len__(self) -> int:
        return len(self.tensors[0])

    def batch(self, indices: Array) -> list[Any]:
        """The rows at `indices` of each tensor, all copied at once."""
        return [t[indices] if t.requires_grad else from_array(raw(t).take(indices, axis=0)) for t in self.tensors]


class Subset(Dataset):
    """The samples of `dataset` at `indices`."""

    def __init__(self, dataset: Any, indices: Sequence[int] | Array) -> None:
        self.dataset = dataset
        self.indices = indices

    def __getitem__(self, index: Any) -> Any:
        return self.dataset[self.indices[index]]

    def __len__(self) -> int:
        return len(self.indices)


class ConcatDataset(Dataset):
    """The samples of several data sets, one set after the other; of two it is also `a + b`.

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
