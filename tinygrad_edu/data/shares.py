"""Which rows each rank of a distributed job reads: a common order, and each rank's share of it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sized
from typing import Any

import numpy as np

from .._numbers import with_numbers
from .._shortcuts import load as load_shortcut
from ..ops.generator import Generator
from .sampler import Sampler


class _Shared(Sampler):
    """The common base of both samplers: the number of ranks, this process's rank, and the common order of an epoch."""

    @with_numbers
    def __init__(self, rows: int, num_replicas: int | None, rank: int | None, shuffle: bool, seed: int) -> None:
        name = type(self).__name__
        self._group: Any = None
        if num_replicas is None or rank is None:
            self._group = load_shortcut("distributed").default_group(name)
            num_replicas = self._group.size() if num_replicas is None else num_replicas
            rank = self._group.rank() if rank is None else rank
        if not 0 <= rank < num_replicas:
            raise ValueError(f"{name}: rank must be in [0, {num_replicas}), got {rank}")
        if rows < 1:
            raise ValueError(f"{name}: the data set is empty, so there is nothing to distribute")
        self.num_replicas, self.rank, self.shuffle, self.seed, self.epoch = num_replicas, rank, shuffle, seed, 0
        self._rows = rows

    def set_epoch(self, epoch: int) -> None:
        """Select the epoch's order, the same on every rank and after resuming; call it before each pass over the data."""
        self.epoch = epoch

    def _order(self) -> np.ndarray[Any, Any]:
        if self._group is not None and self._group.size() > 1:
            parts = [("rows", self._rows), ("shuffle", self.shuffle), ("seed", self.seed), ("epoch", self.epoch)]
            self._group.check_equal(type(self).__name__, parts)  # otherwise some rows would be read twice and others never
        if not self.shuffle:
            return np.arange(self._rows)
        return Generator().manual_seed(self.seed + self.epoch).permutation(self._rows)


class DistributedSampler(_Shared):
    """Every num_replicas-th index of a common order, starting at `rank`: the same indices as in PyTorch.

    dataset       only its length is used
    num_replicas  the number of ranks; by default, that of the process group
    rank          this process's rank; by default, that in the process group
    shuffle       draw the order from seed + epoch; without set_epoch(epoch), every epoch has the same order
    drop_last     omit the last len(dataset) mod num_replicas indices; otherwise indices from the start of the order are
                  repeated, so that every rank has the same number

    If the process group is used, the ranks start each epoch together, and check that all have the same number of rows,
    shuffle, seed and epoch.

    >>> from tinygrad_edu.data import DistributedSampler
    >>> [list(DistributedSampler(range(5), num_replicas=2, rank=r, shuffle=False)) for r in (0, 1)]
    [[0, 2, 4], [1, 3, 0]]
    """

    @with_numbers
    def __init__(
        self,
        dataset: Sized,
        num_replicas: int | None = None,
        rank: int | None = None,
        shuffle: bool = True,
        seed: int = 0,
        drop_last: bool = False,
    ) -> None:
        super().__init__(len(dataset), num_replicas, rank, shuffle, seed)
        self.dataset, self.drop_last = dataset, drop_last

    @property
    def total_size(self) -> int:
        """The total number of indices read by all ranks."""
        return len(self) * self.num_replicas

    def __iter__(self) -> Iterator[int]:
        order = np.resize(self._order(), self.total_size)  # repeats the start, or cuts off the end
        return iter(order[self.rank :: self.num_replicas].tolist())

    def __len__(self) -> int:
        shares = self._rows / self.num_replicas
        return math.floor(shares) if self.drop_last else math.ceil(shares)


class DistributedBatchSampler(_Shared):
    """This rank's share of each global batch: the steps equal those of one process with `batch_size`, each row once per epoch.

        loader = DataLoader(dataset, batch_sampler=DistributedBatchSampler(len(dataset), batch_size=64))

    Each batch of the common order is divided into parts, one per rank, whose lengths differ by at most one row.
    DistributedDataParallel weights the parts, so uneven ones give exact results. If the last batch has fewer rows than there
    are ranks, some ranks get none, and a mean over no rows is nan: drop_last=True omits an incomplete last batch.

    rows        the number of rows
    batch_size  the total over all ranks

    >>> from tinygrad_edu.data import DistributedBatchSampler
    >>> for r in (0, 1):
    ...     print([batch.tolist() for batch in DistributedBatchSampler(7, 4, shuffle=False, num_replicas=2, rank=r)])
    [[0, 1], [4, 5]]
    [[2, 3], [6]]
    """

    @with_numbers
    def __init__(
        self,
        rows: int,
        batch_size: int,
        shuffle: bool = True,
        seed: int = 0,
        drop_last: bool = False,
        num_replicas: int | None = None,
        rank: int | None = None,
    ) -> None:
        super().__init__(rows, num_replicas, rank, shuffle, seed)
        if not isinstance(batch_size, int) or isinstance(batch_size, bool) or batch_size < self.num_replicas:
            raise ValueError(
                "DistributedBatchSampler: batch_size is the total over all ranks, an integer of at least "
                f"{self.num_replicas} (one row per rank), got {batch_size!r}"
            )
        self.batch_size, self.drop_last = batch_size, drop_last

    def __iter__(self) -> Iterator[Any]:  # arrays of indices
        order = self._order()
        for start in range(0, len(self) * self.batch_size, self.batch_size):
            yield np.array_split(order[start : start + self.batch_size], self.num_replicas)[self.rank]

    def __len__(self) -> int:
        return self._rows // self.batch_size if self.drop_last else -(-self._rows // self.batch_size)
