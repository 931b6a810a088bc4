"""Where the batches of `fit` and `evaluate` come from: arrays, maps of files, or a loader."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np

from .._tensor import Tensor
from ..autograd.node import from_array
from ..data import DataLoader, DistributedBatchSampler, TensorDataset
from ..data.position import Repeated
from ..nn import Module
from ..ops.input_data import require_numbers
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
        self._running: Repeated | None = None  # of a loader that does not know where it is
        self._next: Repeated | None = None
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

    def first_row(self, number: int = 0) -> Tensor | None:
        """One row of X, to see what the model makes of it; None where a loader's epoch is over.

        A loader's epoch `number` begins here, and goes on in epoch(number).
        """
        if self.first is None:
            begun = self.epoch(number)
            head = next(begun, None)
            self._begun = iter(()) if head is None else itertools.chain([head], begun)
            return None if head is None else head[0][:1]
        return self._cast(self.first)

    def epoch(self, number: int) -> Iterator[tuple[Tensor, Tensor]]:
        """The batches of an epoch, counted from 0: for its order, if the loader or its sampler has set_epoch()."""
        begun, self._begun = self._begun, None
        if begun is not None:
            return begun
        self._set_epoch(number)
        return iter(self)

    def _set_epoch(self, number: int) -> None:
        for part in (self.loader, getattr(self.loader, "sampler", None), getattr(self.loader, "batch_sampler", None)):
            set_epoch = getattr(part, "set_epoch", None)
            if set_epoch is not None:
                set_epoch(number)

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        batches = self.loader
        if not hasattr(self.loader, "state_dict"):
            self._running, self._next = self._next or Repeated(lambda: iter(self.loader), ()), None
            batches = self._running
        for batch in batches:
            if not isinstance(batch, (tuple, list)) or len(batch) != 2:
                got = f"{type(batch).__name__} of {len(batch)}" if isinstance(batch, (tuple, list)) else type(batch).__name__
                raise TypeError(f"fit: a loader must give pairs (X, y), got a {got}")
            yield self._cast(batch[0]), self._cast(batch[1])
        self._running = None

    def state_dict(self) -> dict[str, Any]:
        """Where the loader is inside the epoch; of one that does not know, how many batches it gave."""
        if hasattr(self.loader, "state_dict"):
            return {"loader": self.loader.state_dict()}
        return {"repeated": None if self._running is None else self._running.state_dict()}

    def load_state_dict(self, state_dict: Any) -> None:
        """Let the next epoch be the rest of that one."""
        if not isinstance(state_dict, dict) or state_dict.keys() not in ({"loader"}, {"repeated"}):
            raise ValueError("fit: the state does not say where the loader was")
        if ("loader" in state_dict) != hasattr(self.loader, "state_dict"):
            raise ValueError(f"fit: the state is of another kind of loader than {type(self.loader).__name__}")
        if "loader" in state_dict:
            self.loader.load_state_dict(state_dict["loader"])
        elif state_dict["repeated"] is not None:
            begun = Repeated(lambda: iter(self.loader), ())
            begun.load_state_dict(state_dict["repeated"])
            self._next = begun

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
