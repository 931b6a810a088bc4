"""DataLoader: a data set in mini-batches."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from ..ops.generator import Generator
from ..ops.random import default_generator
from .collate import as_batch, default_collate
from .dataset import IterableDataset, Stream, Subset, TensorDataset
from .sampler import RandomSampler, SequentialSampler, draw_seed

Array = np.ndarray[Any, Any]


class DataLoader:
    """Iterate over a data set in mini-batches: `for X, y in DataLoader(dataset, batch_size=32, shuffle=True):`.

    The batch size is what makes the three regimes of gradient descent out of one update rule:

        batch_size=len(X)   batch gradient descent: one exact step an epoch
        batch_size=1        stochastic gradient descent: a noisy step for each sample
        batch_size=32       mini-batches: in between, and what is meant by "SGD" today

    dataset      anything with `__getitem__` and `__len__`, an IterableDataset, or another iterable, such as a generator. A
                 TensorDataset, a data set that defines
                 `__getitems__`, and a Subset of these are read a batch at a time
    shuffle      a new random order every epoch; PyTorch's order for the same seed
    drop_last    leave out a last batch that is not full
    generator    the stream for the shuffles, else the default one
    sampler        an iterable of indices that decides the order; excludes shuffle
    batch_sampler  an iterable of lists of indices, one for each batch; excludes batch_size, shuffle, sampler and drop_last
    collate_fn   makes a batch of a list of samples; `default_collate` unless given
    num_workers    accepted because scripts pass it, as are pin_memory, timeout, worker_init_fn, persistent_workers and
                   prefetch_factor: samples are read in this process, where NumPy is fast enough that workers would only cost
                   time

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
        batch_size: int | None = 1,
        shuffle: bool = False,
        sampler: Iterable[int] | None = None,
        batch_sampler: Iterable[Sequence[int]] | None = None,
        num_workers: int = 0,
        collate_fn: Callable[[list[Any]], Any] | None = None,
        pin_memory: bool = False,
        drop_last: bool = False,
        timeout: float = 0,
        worker_init_fn: Callable[[int], None] | None = None,
        multiprocessing_context: Any = None,
        generator: Generator | None = None,
        *,
        persistent_workers: bool = False,
        prefetch_factor: int | None = None,
        pin_memory_device: str = "",
        in_order: bool = True,
    ) -> None:
        if batch_size is None:
            raise ValueError(
                "DataLoader: batch_size=None (samples that are batches already) needs no DataLoader: iterate over the data set"
            )
        if not isinstance(dataset, IterableDataset) and not hasattr(dataset, "__getitem__") and isinstance(dataset, Iterable):
            dataset = Stream(dataset)
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
            return len(self.batch_sampler)  # type: ignore[arg-type]  # an iterable without a length raises its own TypeError
        n = len(self.sampler)  # type: ignore[arg-type]  # as above
        return n // self.batch_size if self.drop_last else -(-n // self.batch_size)

    def __iter__(self) -> Iterator[Any]:
        draw_seed(self.generator or default_generator)  # PyTorch draws a seed for its workers here, even without any
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
                return collate(found) if isinstance(found, list) or self.collate_fn is not None else as_batch(found)

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
