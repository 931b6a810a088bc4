"""Where the batches of `fit` and `evaluate` come from: arrays, maps of files, or a loader."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np

from .._tensor import Tensor
from ..autograd.node import from_array
from ..data import DataLoader, DistributedBatchSampler, TensorDataset
from ..nn import Module
from ..ops.creation import require_numbers
from .ranks import ranks_of


class Batches:
    """The pairs (X, y) of each epoch, as Tensors.

    X, y  rows and targets, of which ranks share each batch; or X a loader, any iterable of pairs, and y None: then each rank
          has a loader of its own
    seed  of the order that is common to ranks; without ranks the default generator shuffles

    Arrays, memory maps and what a loader gives are taken in the dtype of the model's parameters; Tensors as they are. A memory
    map is read batch by batch.
    """

    def __init__(
        self, model: Module, X: Any, y: Any, batch_size: int = 32, shuffle: bool = False, seed: int | None = None
    ) -> None:
        self.dtype = next((p.dtype for p in model.parameters()), np.dtype(np.float32))
        self.rows: tuple[Tensor, Tensor] | None = None  # where they are in memory
        self.first: Tensor | None = None
        self._begun: Iterator[tuple[Tensor, Tensor]] | None = None
        self.loader = X
        if y is None:
            if isinstance(X, (Tensor, np.ndarray)) or not hasattr(X, "__iter__") or hasattr(X, "__next__"):
                raise TypeError(
                    "fit: without y, X must be a loader that can be iterated anew each epoch, such as a DataLoader or a "
                    f"ChunkLoader, got {type(X).__name__}"
                )
            self._convert = True
            return
        self._convert = isinstance(X, np.memmap) or isinstance(y, np.memmap)
        data, ranks = TensorDataset(self._tensor(X), self._tensor(y)), ranks_of(model)
        self.first = data.tensors[0][:1]
        if not self._convert:
            self.rows = data.tensors[0], data.tensors[1]
        if ranks is None:
            self.loader = DataLoader(data, batch_size=batch_size, shuffle=shuffle)
        else:
            ranks.check_equal("fit", [("rows", len(data)), ("batch_size", batch_size), ("seed", seed)])
            n, r = ranks.size(), ranks.rank()
            sampler = DistributedBatchSampler(len(data), batch_size, shuffle, seed or 0, num_replicas=n, rank=r)
            self.loader = DataLoader(data, batch_sampler=sampler)

    def first_row(self) -> Tensor:
        """One row of X, to see what the model makes of it. A loader's first epoch begins here, and goes on in epoch(0)."""
        if self.first is None:
            begun = self.epoch(0)
            head = next(begun, None)
            if head is None:
                raise ValueError("fit: the loader gave no batch")
            self._begun = itertools.chain([head], begun)
            return head[0][:1]
        return self._cast(self.first)

    def epoch(self, number: int) -> Iterator[tuple[Tensor, Tensor]]:
        """The batches of an epoch, counted from 0: for its order, if the loader or its sampler has set_epoch()."""
        begun, self._begun = self._begun, None
        if begun is not None:
            return begun
        for part in (self.loader, getattr(self.loader, "sampler", None), getattr(self.loader, "batch_sampler", None)):
            set_epoch = getattr(part, "set_epoch", None)
            if set_epoch is not None:
                set_epoch(number)
        return iter(self)

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        for batch in self.loader:
            if not isinstance(batch, (tuple, list)) or len(batch) != 2:
                got = f"{type(batch).__name__} of {len(batch)}" if isinstance(batch, (tuple, list)) else type(batch).__name__
                raise TypeError(f"fit: a loader must give pairs (X, y), got a {got}")
            yield self._cast(batch[0]), self._cast(batch[1])

    def _tensor(self, values: Any) -> Tensor:
        """Tensors as they are; of arrays and lists in memory the floating ones are converted here, once."""
        if isinstance(values, Tensor):
            return values
        array = require_numbers("fit: X and y", np.asarray(values))
        if array.dtype.kind == "f" and not isinstance(values, np.memmap):
            array = array.astype(self.dtype, copy=False)
        return from_array(array)

    def _cast(self, values: Any) -> Tensor:
        batch: Tensor = values if isinstance(values, Tensor) else from_array(require_numbers("fit", np.asarray(values)))
        if self._convert and batch.dtype.kind == "f" and batch.dtype != self.dtype:
            return batch.astype(self.dtype)
        return batch
