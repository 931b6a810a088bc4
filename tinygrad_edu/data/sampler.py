"""Samplers: the order of the samples in an epoch."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence, Sized
from typing import Any

import numpy as np

from .._numbers import with_numbers
from ..autograd.node import from_array, raw
from ..ops.generator import Generator
from ..ops.random import default_generator, multinomial

Array = np.ndarray[Any, Any]


class Sampler:
    """Base class of samplers: a subclass defines `__iter__`, the indices of one epoch in order, and `__len__`."""

    def __iter__(self) -> Iterator[int]:
        raise NotImplementedError(f"{type(self).__name__} must define __iter__(self): the indices of one epoch")


class SequentialSampler(Sampler):
    """0, 1, …, N−1."""

    def __init__(self, data_source: Sized) -> None:
        self.data_source = data_source

    def stream(self) -> None:
        """None: the order is not random."""

    @property
    def arrays(self) -> int:
        """The number of arrays that `draw` yields."""
        return 1

    def draw(self, rng: None, skipped: int = 0) -> Iterator[Array]:
        """The indices, as one array; nothing if that one is skipped."""
        for _ in range(skipped, 1):
            yield np.arange(len(self.data_source))

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self.data_source)))

    def __len__(self) -> int:
        return len(self.data_source)


class RandomSampler(Sampler):
    """The samples in random order, each once; with `replacement`, each index is drawn independently, so some may repeat.

    num_samples: the number of samples per epoch, len(data_source) by default; if it is larger, further random orders follow.
    Without a `generator`, every epoch seeds a new one from the default generator, as PyTorch does.
    """

    @with_numbers
    def __init__(
        self,
        data_source: Sized,
        replacement: bool = False,
        num_samples: int | None = None,
        generator: Generator | None = None,
    ) -> None:
        if num_samples is not None and (not isinstance(num_samples, (int, np.integer)) or num_samples < 1):
            raise ValueError(f"RandomSampler: num_samples must be an integer of at least 1, got {num_samples}")
        if len(data_source) == 0:
            raise ValueError("RandomSampler: the data set is empty, so there is nothing to shuffle")
        self.data_source = data_source
        self.replacement = replacement
        self._num_samples = num_samples
        self.generator = generator

    @property
    def num_samples(self) -> int:
        """The number of indices per epoch."""
        return len(self.data_source) if self._num_samples is None else self._num_samples

    def stream(self) -> Generator:
        """The random generator for an epoch: the given one, or a new one."""
        return self.generator or Generator().manual_seed(draw_seed(default_generator))

    @property
    def arrays(self) -> int:
        """The number of arrays that `draw` yields."""
        return self.num_samples // (32 if self.replacement else len(self.data_source)) + 1

    def draw(self, rng: Generator, skipped: int = 0) -> Iterator[Array]:
        """The indices, array by array, each drawn only when needed: PyTorch's random numbers, drawn at the same moments.

        skipped: the number of arrays that were drawn before.
        """
        n = len(self.data_source)
        for i in range(skipped, self.arrays):
            last = i == self.arrays - 1
            if self.replacement:
                yield rng.integers(0, n, self.num_samples % 32 if last else 32)
            else:
                order = rng.permutation(n)
                yield order[: self.num_samples % n] if last else order  # drawn even if none of it is used

    def __iter__(self) -> Iterator[int]:
        for block in self.draw(self.stream()):
            yield from block.tolist()

    def __len__(self) -> int:
        return self.num_samples


class SubsetRandomSampler(Sampler):
    """The given indices in random order, each once."""

    @with_numbers
    def __init__(self, indices: Sequence[int], generator: Generator | None = None) -> None:
        self.indices, self.generator = indices, generator

    def __iter__(self) -> Iterator[int]:
        for i in (self.generator or default_generator).permutation(len(self.indices)).tolist():
            yield self.indices[i]

    def __len__(self) -> int:
        return len(self.indices)


class WeightedRandomSampler(Sampler):
    """num_samples indices, index i with probability weights[i] / Σ weights, for instance to draw rare classes more often.

    replacement=False draws each index at most once. With the same seed, the indices equal PyTorch's.

    >>> import tinygrad_edu as tg
    >>> from tinygrad_edu.data import WeightedRandomSampler
    >>> list(WeightedRandomSampler([0.0, 1.0, 0.0], 4))
    [1, 1, 1, 1]
    """

    @with_numbers
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
    """The indices of another sampler, in lists of batch_size: `DataLoader(dataset, batch_sampler=BatchSampler(...))`.

    >>> from tinygrad_edu.data import BatchSampler, SequentialSampler
    >>> list(BatchSampler(SequentialSampler(range(5)), batch_size=2, drop_last=False))
    [[0, 1], [2, 3], [4]]
    """

    @with_numbers
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
        n = len(self.sampler)  # type: ignore[arg-type]  # an iterable without a length raises its own TypeError
        return n // self.batch_size if self.drop_last else -(-n // self.batch_size)


def draw_seed(generator: Generator) -> int:
    """Draw a 63-bit seed, as PyTorch does."""
    return int(generator.bits64(1)[0] % np.uint64(1 << 63))
