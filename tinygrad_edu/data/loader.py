"""Mini-batches: in which order the samples come (samplers), and how they are put together (collate)."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Sized
from typing import Any

import numpy as np

from ..autograd.errors import ShapeError
from ..autograd.node import from_array, is_tensor, raw
from ..ops.generator import Generator
from ..ops.random import default_generator, multinomial
from ..ops.shape import stack
from .dataset import IterableDataset, Subset, TensorDataset

Array = np.ndarray[Any, Any]


# --- samplers ---


class Sampler:
    """The base of samplers: a subclass defines `__iter__`, the indices of one epoch in their order, and `__len__`."""

    def __iter__(self) -> Iterator[int]:
        raise NotImplementedError(f"{type(self).__name__} must define __iter__(self): the indices of one epoch")


class SequentialSampler(Sampler):
    """0, 1, …, N−1."""

    def __init__(self, data_source: Sized) -> None:
        self.data_source = data_source

    def blocks(self) -> Iterator[Array]:
        """The indices, in one array."""
        yield np.arange(len(self.data_source))

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self.data_source)))

    def __len__(self) -> int:
        return len(self.data_source)


class RandomSampler(Sampler):
    """The samples in random order, each once; with `replacement` each index is drawn afresh, so that some come twice.

    num_samples: how many make an epoch, len(data_source) unless given. Without a `generator` every epoch seeds one of its
    own from the default generator, as PyTorch does.
    """

    def __init__(
        self,
        data_source: Sized,
        replacement: bool = False,
        num_samples: int | None = None,
        generator: Generator | None = None,
    ) -> None:
        if num_samples is not None and num_samples < 1:
            raise ValueError(f"RandomSampler: num_samples must be at least 1, got {num_samples}")
        if len(data_source) == 0:
            raise ValueError("RandomSampler: the data set is empty, so there is nothing to shuffle")
        self.data_source = data_source
        self.replacement = replacement
        self._num_samples = num_samples
        self.generator = generator

    @property
    def num_samples(self) -> int:
        """How many indices make an epoch."""
        return len(self.data_source) if self._num_samples is None else self._num_samples

    def blocks(self) -> Iterator[Array]:
        """The indices, array by array, each drawn when it is asked for: PyTorch's draws at PyTorch's moments."""
        n, rng = len(self.data_source), self.generator
        if rng is None:
            rng = Generator().manual_seed(_draw_seed(default_generator))
        if self.replacement:
            for _ in range(self.num_samples // 32):
                yield rng.integers(0, n, 32)
            yield rng.integers(0, n, self.num_samples % 32)
        else:
            for _ in range(self.num_samples // n):
                yield rng.permutation(n)
            yield rng.permutation(n)[: self.num_samples % n]  # drawn even if none of it is used

    def __iter__(self) -> Iterator[int]:
        for block in self.blocks():
            yield from block.tolist()

    def __len__(self) -> int:
        return self.num_samples


class SubsetRandomSampler(Sampler):
    """The given indices in random order, each once."""

    def __init__(self, indices: Sequence[int], generator: Generator | None = None) -> None:
        self.indices, self.generator = indices, generator

    def __iter__(self) -> Iterator[int]:
        for i in (self.generator or default_generator).permutation(len(self.indices)).tolist():
            yield self.indices[i]

    def __len__(self) -> int:
        return len(self.indices)


class WeightedRandomSampler(Sampler):
    """num_samples indices, index i with probability weights[i] / Σ weights: rare classes can be drawn as often as others.

    replacement=False draws each index once at most. The same seed gives PyTorch's indices.

    >>> import tinygrad_edu as tg
    >>> from tinygrad_edu.data import WeightedRandomSampler
    >>> list(WeightedRandomSampler([0.0, 1.0, 0.0], 4))
    [1, 1, 1, 1]
    """

    def __init__(
        self, weights: Sequence[float] | Array, num_samples: int, replacement: bool = True, generator: Generator | None = None
    ) -> None:
        if not isinstance(num_samples, int) or isinstance(num_samples, bool) or num_samples < 1:
            raise ValueError(f"WeightedRandomSampler: num_samples must be a positive integer, got {num_samples!r}")
        if not isinstance(replacement, bool):
            raise ValueError(f"WeightedRandomSampler: replacement must be True or False, got {replacement!r}")
        self.weights = from_array(np.array(raw(weights), np.float64))
        if self.weights.ndim != 1:
            raise ValueError(f"WeightedRandomSampler: weights must have shape [N], got {self.weights.shape}")
        self.num_samples, self.replacement, self.generator = num_samples, replacement, generator

    def __iter__(self) -> Iterator[int]:
        drawn = multinomial(self.weights, self.num_samples, self.replacement, generator=self.generator)
        return iter(drawn.tolist())

    def __len__(self) -> int:
        return self.num_samples


class BatchSampler(Sampler):
    """The indices of another sampler in lists of batch_size: `DataLoader(dataset, batch_sampler=BatchSampler(...))`.

    >>> from tinygrad_edu.data import BatchSampler, SequentialSampler
    >>> list(BatchSampler(SequentialSampler(range(5)), batch_size=2, drop_last=False))
    [[0, 1], [2, 3], [4]]
    """

    def __init__(self, sampler: Iterable[int], batch_size: int, drop_last: bool) -> None:
        if not isinstance(batch_size, int) or isinstance(batch_size, bool) or batch_size < 1:
            raise ValueError(f"BatchSampler: batch_size must be a positive integer, got {batch_size!r}")
        if not isinstance(drop_last, bool):
            raise ValueError(f"BatchSampler: drop_last must be True or False, got {drop_last!r}")
        self.sampler, self.batch_size, self.drop_last = sampler, batch_size, drop_last

    def __iter__(self) -> Iterator[Any]:
        rest = iter(self.sampler)
        while batch := list(itertools.islice(rest, self.batch_size)):
            if len(batch) == self.batch_size or not self.drop_last:
                yield batch

    def __len__(self) -> int:
        n = len(self.sampler)  # type: ignore[arg-type]  # an iterable without a length says so itself
        return n // self.batch_size if self.drop_last else -(-n // self.batch_size)


def _draw_seed(generator: Generator) -> int:
    return int(generator.bits64(1)[0] % np.uint64(1 << 63))


# --- batches ---


class DataLoader:
    """Iterate over a data set in mini-batches: `for X, y in DataLoader(dataset, batch_size=32, shuffle=True):`.

    The batch size is what makes the three regimes of gradient descent out of one update rule:

        batch_size=len(X)   batch gradient descent: one exact step an epoch
        batch_size=1        stochastic gradient descent: a noisy step for each sample
        batch_size=32       mini-batches: in between, and what is meant by "SGD" today

    dataset      anything with `__getitem__` and `__len__`, or an IterableDataset. A TensorDataset, a data set that defines
                 `__getitems__`, and a Subset of these are read a batch at a time
    shuffle      a new random order every epoch; PyTorch's order for the same seed
    drop_last    leave out a last batch that is not full
    generator    the stream for the shuffles, else the default one
    sampler        an iterable of indices that decides the order; excludes shuffle
    batch_sampler  an iterable of lists of indices, one a batch; excludes batch_size, shuffle, sampler and drop_last
    collate_fn   makes a batch of a list of samples; `default_collate` unless given
    num_workers    accepted because scripts say it, as are pin_memory, persistent_workers and prefetch_factor: samples are read
                   in this process, where NumPy is fast enough that workers would only cost time

    A batch has the structure of a sample: Tensors [batch, …] in a list, or in a dict if the samples are dicts.

    >>> import tinygrad_edu as tg
    >>> from tinygrad_edu.data import DataLoader, TensorDataset
    >>> _ = tg.manual_seed(0)
    >>> for X, y in DataLoader(TensorDataset(tg.arange(5.0), tg.arange(5)), batch_size=2, shuffle=True):
    ...     print(X, y)
    tensor([1., 4.]) tensor([1, 4])
    tensor([2., 3.]) tensor([2, 3])
    tensor([0.]) tensor([0])
    """

    def __init__(
        self,
        dataset: Any,
        batch_size: int = 1,
        shuffle: bool = False,
        sampler: Iterable[int] | None = None,
        batch_sampler: Iterable[Sequence[int]] | None = None,
        *,
        num_workers: int = 0,
        collate_fn: Callable[[list[Any]], Any] | None = None,
        pin_memory: bool = False,
        persistent_workers: bool = False,
        prefetch_factor: int | None = None,
        drop_last: bool = False,
        generator: Generator | None = None,
    ) -> None:
        if not isinstance(batch_size, (int, np.integer)) or isinstance(batch_size, bool) or batch_size < 1:
            raise ValueError(f"DataLoader: batch_size must be a positive integer, got {batch_size!r}")
        if not isinstance(num_workers, int) or num_workers < 0:
            raise ValueError(f"DataLoader: num_workers must be an integer >= 0, got {num_workers!r}")
        if sampler is not None and shuffle:
            raise ValueError("DataLoader: the sampler decides the order, so shuffle=True cannot be given with it")
        if generator is not None and not isinstance(generator, Generator):
            raise TypeError(f"DataLoader: generator must be a tinygrad_edu.Generator, got {type(generator).__name__}")
        if batch_sampler is not None and (batch_size != 1 or shuffle or sampler is not None or drop_last):
            raise ValueError(
                "DataLoader: batch_sampler decides everything; batch_size, shuffle, sampler, drop_last cannot be given with it"
            )
        if isinstance(dataset, IterableDataset) and (shuffle or sampler is not None or batch_sampler is not None):
            raise ValueError(
                f"DataLoader: {type(dataset).__name__} is an IterableDataset, which has an order of its own; shuffle, sampler "
                "and batch_sampler cannot be given with it (ChunkLoader shuffles files that are larger than memory)"
            )
        if sampler is None:
            sampler = RandomSampler(dataset, generator=generator) if shuffle else SequentialSampler(dataset)
        self.dataset = dataset
        self.batch_size = int(batch_size)
        self.sampler = sampler
        self.batch_sampler = batch_sampler
        self.num_workers = num_workers
        self.collate_fn = collate_fn
        self.pin_memory = pin_memory
        self.drop_last = drop_last
        self.generator = generator

    def __repr__(self) -> str:
        shuffle = isinstance(self.sampler, RandomSampler)
        stream = isinstance(self.dataset, IterableDataset)
        samples = type(self.dataset).__name__ if stream else f"{len(self.dataset)} samples"
        return f"DataLoader({samples}, batch_size={self.batch_size}, shuffle={shuffle})"

    def __len__(self) -> int:
        if self.batch_sampler is not None:
            return len(self.batch_sampler)  # type: ignore[arg-type]  # an iterable without a length says so itself
        n = len(self.sampler)  # type: ignore[arg-type]  # as above
        return n // self.batch_size if self.drop_last else -(-n // self.batch_size)

    def __iter__(self) -> Iterator[Any]:
        _draw_seed(self.generator or default_generator)  # PyTorch draws a seed for its workers here, even without any
        return self._batches()

    def _batches(self) -> Iterator[Any]:
        if isinstance(self.dataset, IterableDataset):
            collate, rest = self.collate_fn or default_collate, iter(self.dataset)
            while samples := list(itertools.islice(rest, self.batch_size)):
                if len(samples) == self.batch_size or not self.drop_last:
                    yield collate(samples)
            return
        fetch = self._fetcher()
        if self.batch_sampler is not None:
            for batch in self.batch_sampler:
                yield fetch(np.asarray(batch, np.int64))
            return
        for indices in _cut(self._blocks(), self.batch_size, self.drop_last):
            yield fetch(indices)

    def _blocks(self) -> Iterator[Array]:
        """The indices of the epoch in arrays of any length."""
        if type(self.sampler) is SequentialSampler or type(self.sampler) is RandomSampler:  # a subclass decides by __iter__
            return self.sampler.blocks()
        return _gather(self.sampler, self.batch_size)

    def _fetcher(self) -> Callable[[Array], Any]:
        """Indices -> batch."""
        dataset, rows = self.dataset, None
        while type(dataset) is Subset:
            inner = np.asarray(dataset.indices, np.int64)
            dataset, rows = dataset.dataset, inner if rows is None else inner[rows]
        whole = isinstance(dataset, TensorDataset) and type(dataset).__getitem__ is TensorDataset.__getitem__
        if whole and self.collate_fn is None:
            return dataset.batch if rows is None else lambda indices: dataset.batch(rows[indices])
        collate = self.collate_fn or default_collate
        if hasattr(dataset, "__getitems__"):

            def fetch(indices: Array) -> Any:
                found = dataset.__getitems__((indices if rows is None else rows[indices]).tolist())
                return collate(found) if isinstance(found, list) or self.collate_fn is not None else _as_batch(found)

            return fetch
        return lambda indices: collate([self.dataset[i] for i in indices.tolist()])


def _gather(indices: Iterable[int], size: int) -> Iterator[Array]:
    """Indices -> arrays of `size` of them, read no sooner than needed."""
    rest = iter(indices)
    while block := list(itertools.islice(rest, size)):
        yield np.array(block, np.int64)


def _cut(blocks: Iterable[Array], size: int, drop_last: bool) -> Iterator[Array]:
    """Arrays of any length -> arrays of `size`, the last one shorter; a block is asked for when no full array is left."""
    held = np.empty(0, np.int64)
    for block in blocks:
        held = np.concatenate([held, block]) if held.size else block
        full = held.size - held.size % size
        for start in range(0, full, size):
            yield held[start : start + size]
        held = held[full:]
    if held.size and not drop_last:
        yield held


def _as_batch(found: Any) -> Any:
    """What __getitems__ made, in the form in which default_collate gives it: lists and dicts of Tensors."""
    if isinstance(found, Mapping):
        return {key: _as_batch(value) for key, value in found.items()}
    if isinstance(found, tuple):
        parts = [_as_batch(value) for value in found]
        return type(found)(*parts) if hasattr(found, "_fields") else parts
    return from_array(found) if isinstance(found, np.ndarray) else found


def default_collate(samples: Sequence[Any]) -> Any:
    """A list of samples -> one batch of the same structure.

    Tensors and arrays are stacked along a new first axis; ints become int64 and floats float64 Tensors; tuples and lists
    become lists, and dicts dicts, of such batches; strings stay a list.
    """
    first = samples[0]
    if is_tensor(first) or isinstance(first, (np.ndarray, np.generic, bool, int, float)):
        try:
            return stack(list(samples)) if is_tensor(first) else from_array(np.stack([np.asarray(raw(s)) for s in samples]))
        except ValueError:
            shapes = sorted({np.shape(raw(s)) for s in samples})
            raise ShapeError(
                f"default_collate: the samples of a batch must have the same shape, got {shapes}; for sequences of unequal "
                "length pass a collate_fn that calls nn.utils.rnn.pad_sequence"
            ) from None
    if isinstance(first, (str, bytes)):
        return list(samples)
    if isinstance(first, Mapping):
        return {key: default_collate([s[key] for s in samples]) for key in first}
    if isinstance(first, Sequence):
        if any(len(s) != len(first) for s in samples):
            raise ValueError(
                f"default_collate: the samples of a batch must have as many parts, got {[len(s) for s in samples]}"
            )
        parts = [default_collate(list(column)) for column in zip(*samples, strict=True)]
        return type(first)(*parts) if hasattr(first, "_fields") else parts
    raise TypeError(
        f"default_collate: samples must be Tensors, arrays, numbers, strings, or tuples, lists and dicts of them, got "
        f"{type(first).__name__}; pass collate_fn to make a batch of them"
    )
