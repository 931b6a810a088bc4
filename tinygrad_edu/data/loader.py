"""DataLoader: iterate over a data set in mini-batches."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from .._foreign import kind_of
from .._numbers import with_numbers
from ..ops.generator import Generator
from ..ops.random import default_generator
from .collate import as_batch, default_collate
from .dataset import IterableDataset, Stream, Subset, TensorDataset
from .position import DrawnOrder, Repeated, check_same_form
from .sampler import RandomSampler, SequentialSampler, draw_seed
from .tables import require_rows

Array = np.ndarray[Any, Any]


class DataLoader:
    """Iterate over a data set in mini-batches: `for X, y in DataLoader(dataset, batch_size=32, shuffle=True):`.

    The batch size turns one update rule into the three regimes of gradient descent:

            batch_size=len(X)   batch gradient descent: one exact step per epoch
            batch_size=1        stochastic gradient descent: a noisy step for each sample
            batch_size=32       mini-batches: in between, and what "SGD" usually means today

    dataset        anything with `__getitem__` and `__len__`, an IterableDataset, or another iterable, such as a generator. A
                   TensorDataset (without a collate_fn), a data set that defines `__getitems__`, and a Subset of these are read
                   a batch at a time
    shuffle        use a new random order every epoch, the same as PyTorch's for the same seed
    drop_last      omit an incomplete last batch
    generator      the random generator for shuffling, instead of the default one
    sampler        an iterable of indices that determines the order; not with shuffle
    batch_sampler  an iterable of lists of indices, one per batch; not with batch_size, shuffle, sampler or drop_last
    collate_fn     combines a list of samples into a batch; `default_collate` by default
    num_workers    accepted for compatibility, as are PyTorch's other options for worker processes and pinned memory: samples
                   are always read in this process

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

    @with_numbers
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
                "DataLoader: batch_size=None (samples that are already batches) needs no DataLoader: iterate over the data set"
            )
        require_rows("DataLoader", dataset)
        if not isinstance(dataset, IterableDataset) and not hasattr(dataset, "__getitem__") and isinstance(dataset, Iterable):
            dataset = Stream(dataset)
        if not isinstance(batch_size, (int, np.integer)) or isinstance(batch_size, bool) or batch_size < 1:
            raise ValueError(f"DataLoader: batch_size should be a positive integer value, but got batch_size={batch_size!r}")
        if not isinstance(num_workers, int) or num_workers < 0:
            raise ValueError(f"DataLoader: num_workers must be an integer >= 0, got {num_workers!r}")
        if collate_fn is not None and not callable(collate_fn):
            raise TypeError(f"DataLoader: collate_fn must be a function of a list of samples, got {collate_fn!r}")
        if sampler is not None and shuffle:
            raise ValueError("DataLoader: the sampler determines the order, so it cannot be combined with shuffle=True")
        if generator is not None and not isinstance(generator, Generator):
            raise TypeError(f"DataLoader: generator must be a tinygrad_edu.Generator, got {kind_of(generator)}")
        if batch_sampler is not None and (batch_size != 1 or shuffle or sampler is not None or drop_last):
            raise ValueError("DataLoader: batch_sampler cannot be combined with batch_size, shuffle, sampler or drop_last")
        if isinstance(dataset, IterableDataset) and (shuffle or sampler is not None or batch_sampler is not None):
            raise ValueError(
                f"DataLoader: {type(dataset).__name__} is an IterableDataset, which has its own order: it cannot be combined "
                "with shuffle, sampler or batch_sampler (ChunkLoader shuffles files that are larger than memory)"
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
        self._running: DrawnOrder | Repeated | None = None  # the current epoch
        self._next: DrawnOrder | Repeated | None = None  # the epoch to resume, after load_state_dict

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
        epoch, self._next = self._next, None
        if epoch is None:
            draw_seed(self.generator or default_generator)  # PyTorch draws a seed for its workers here, even if there are none
            epoch = self._epoch()
        self._running = epoch
        return self._batches(epoch)

    def _batches(self, epoch: DrawnOrder | Repeated) -> Iterator[Any]:
        make = self._fetcher()
        for part in epoch:
            yield make(part)
        if self._running is epoch:
            self._running = None

    def _epoch(self) -> DrawnOrder | Repeated:
        """A new pass, whose items _fetcher() turns into batches."""
        sampler, lists = self.sampler, self.batch_sampler
        if isinstance(self.dataset, IterableDataset):
            return self._repeated(lambda: _gather(self.dataset, self.batch_size, self.drop_last))
        if lists is not None:
            return self._repeated(lambda: (np.asarray(batch, np.int64) for batch in lists))
        if type(sampler) is SequentialSampler or type(sampler) is RandomSampler:  # a subclass may override __iter__
            return DrawnOrder(sampler, self.batch_size, self.drop_last)
        batches = lambda: _gather(sampler, self.batch_size, self.drop_last)
        return self._repeated(lambda: (np.array(indices, np.int64) for indices in batches()))

    def _repeated(self, begin: Callable[[], Iterator[Any]]) -> Repeated:
        return Repeated(begin, self._generators())

    def _generators(self) -> list[Generator]:
        """The loader's own generator and those of its samplers."""
        owners = (self, self.sampler, self.batch_sampler, getattr(self.batch_sampler, "sampler", None))
        found = [getattr(owner, "generator", None) for owner in owners]
        return list({id(g): g for g in found if isinstance(g, Generator)}.values())

    # --- position ---

    def state_dict(self) -> dict[str, Any]:
        """The loader's position in the current epoch: the number of batches returned, and the order of the remaining ones.

        Pass it to `load_state_dict` of a loader with the same data and options, whose next epoch is then the rest of this one,
        batch for batch. For a SequentialSampler or RandomSampler, the indices drawn but not yet used are stored. Any other
        order (another sampler, an IterableDataset) is replayed from the state that the random generators had at its start.

        >>> import tinygrad_edu as tg
        >>> from tinygrad_edu.data import DataLoader
        >>> loader = DataLoader(range(6), batch_size=2, shuffle=True)
        >>> epoch = iter(loader)
        >>> first, state = next(epoch), loader.state_dict()
        >>> again = DataLoader(range(6), batch_size=2, shuffle=True)
        >>> again.load_state_dict(state)
        >>> [batch.tolist() for batch in again] == [batch.tolist() for batch in epoch]
        True
        """
        epoch = self._next or self._running
        generators = [g.get_state() for g in self._generators()]
        number = getattr(self._orders(), "epoch", None)
        return {
            **self._form(),
            "generators": generators,
            "set_epoch": number if isinstance(number, int) else None,
            "epoch": None if epoch is None else epoch.state_dict(),
        }

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Make the next epoch the rest of the one in which `state_dict` was taken.

        Raises ValueError if the number of rows, `batch_size`, `drop_last` or the kind of order differs.
        """
        who = "DataLoader.load_state_dict"
        check_same_form(who, state_dict, self._form())
        generators, states, inside = self._generators(), state_dict.get("generators"), state_dict.get("epoch")
        if not isinstance(states, list) or len(states) != len(generators):
            raise ValueError(
                f"{who}: the state is from a loader with a different number of generators; this one has {len(generators)}"
            )
        if not {"epoch", "set_epoch"} <= state_dict.keys():
            raise ValueError(f"{who}: the state has no position in the epoch")
        before, number = [g.get_state() for g in generators], state_dict.get("set_epoch")
        if number is not None:
            self._orders().set_epoch(number)
        epoch = None if inside is None else self._epoch()
        try:
            for g, state in zip(generators, states, strict=True):
                g.set_state(state)
            if epoch is not None:
                epoch.load_state_dict(inside if isinstance(inside, Mapping) else {})
        except (ValueError, AttributeError) as error:
            for g, state in zip(generators, before, strict=True):
                g.set_state(state)
            raise ValueError(f"{who}: the state does not fit: {error}") from error
        self._next, self._running = epoch, None

    def _form(self) -> dict[str, Any]:
        """The properties that must be equal in the loader that saved a state and the one that loads it."""
        rows = None if isinstance(self.dataset, IterableDataset) else len(self.dataset)
        order = type(self._orders()).__name__
        return {"batch_size": self.batch_size, "drop_last": self.drop_last, "rows": rows, "order": order}

    def _orders(self) -> Any:
        """The sampler that determines the order."""
        return self.sampler if self.batch_sampler is None else self.batch_sampler

    def _fetcher(self) -> Callable[[Any], Any]:
        """The function indices -> batch, or, for an IterableDataset, samples -> batch."""
        dataset, rows = self.dataset, None
        if isinstance(dataset, IterableDataset):
            return self.collate_fn or default_collate
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


def _gather(items: Iterable[Any], size: int, drop_last: bool) -> Iterator[list[Any]]:
    """Group items into lists of `size`, reading each only when needed."""
    rest = iter(items)
    while part := list(itertools.islice(rest, size)):
        if len(part) == size or not drop_last:
            yield part
