"""The batches of `fit`, `evaluate` and `predict`: from arrays, tables, memory maps, or a loader."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

import numpy as np

from .._tensor import Tensor
from .._wording import with_article
from ..autograd.arrays import require_numbers
from ..autograd.errors import DtypeError
from ..autograd.node import from_array
from ..data import DataLoader, DistributedBatchSampler, TensorDataset
from ..data.position import Repeated
from ..data.tables import from_table
from ..nn import Module
from .counted_loader import CountedLoader, set_epoch
from .lookup import sample_output
from .ranks import ranks_of
from .row_weights import check_class_weight, check_classes, check_rows_weights, check_weights, weights_by_class

Batch: TypeAlias = "tuple[Tensor, Tensor, Tensor | None]"  # X, y, the rows' weights


class Batches:
    """The batches (X, y, weights) of each epoch, as Tensors.

    X, y    rows and targets; distributed ranks share each batch. Or X is a loader, an iterable of (X, y) or (X, y, weights),
            and y is None: then each rank has its own loader
    seed    the seed with which distributed ranks shuffle, the same on all; a single process uses the default generator
    weights, class_weight   the weight of each row, or of the rows of each class
    steps   the number of batches in an epoch; None for all of them
    floats  whether integers and booleans in X are converted to the model's dtype; see sample()
    who     the function that error messages name

    Floats in arrays, tables, memory maps and a loader's batches are converted to the dtype of the model's parameters; Tensors
    given as X and y are not. A memory map is read batch by batch.
    """

    def __init__(
        self, model: Module, X: Any, y: Any, batch_size: int = 32, shuffle: bool = False, seed: int | None = None, *,
        weights: Any = None, class_weight: Mapping[int, float] | None = None, steps: int | None = None, floats: bool = False,
        who: str = "fit",
    ) -> None:  # fmt: skip
        self.who = who
        self.dtype = next((p.dtype for p in model.parameters()), np.dtype(np.float32))
        self.rows: tuple[Tensor, Tensor] | None = None  # the data, if in memory
        self.first: Tensor | None = None
        self.class_weight, self.floats = class_weight, floats
        self._begun: Iterator[Batch] | None = None
        self._running: Repeated | None = None  # the current pass over a loader without state_dict()
        self._next: Repeated | None = None
        if class_weight is not None:
            check_class_weight(class_weight)
            if weights is not None:
                raise ValueError("fit: sample_weight and class_weight cannot both be given; multiply them into sample_weight")
        self.loader = self._own_loader(X, steps, weights) if y is None else self._of_rows(
            model, X, y, batch_size, shuffle, seed, weights
        )  # fmt: skip
        if steps is not None:
            self.loader = CountedLoader(self.loader, steps)

    def _own_loader(self, X: Any, steps: int | None, weights: Any) -> Any:
        """Return X, after checking that it is a loader."""
        is_rows = isinstance(X, (Tensor, np.ndarray)) or not hasattr(X, "__iter__") or from_table(self.who, X) is not X
        if is_rows or (steps is None and hasattr(X, "__next__")):
            hint = "; a generator needs steps_per_epoch" if hasattr(X, "__next__") else ""
            raise TypeError(
                f"{self.who}: without y, X must be a loader that can be iterated over repeatedly, such as a DataLoader or a "
                f"ChunkLoader, got {type(X).__name__}{hint}"
            )
        if weights is not None:
            raise TypeError(f"{self.who}: a loader must provide sample_weight itself: let it yield (X, y, weights)")
        self._convert = True
        return X

    def _of_rows(self, model: Module, X: Any, y: Any, batch_size: int, shuffle: bool, seed: int | None, weights: Any) -> Any:
        """A DataLoader over the rows."""
        self._convert = isinstance(X, np.memmap) or isinstance(y, np.memmap)
        parts = [self._tensor("X", X), self._tensor("y", y)]
        if weights is not None:
            parts.append(from_array(check_rows_weights(self.who, from_table(self.who, weights), len(parts[0]))))
        data, ranks = TensorDataset(*parts), ranks_of(model)
        self.first = data.tensors[0][:1]
        if not self._convert:
            self.rows = data.tensors[0], data.tensors[1]
            if self.class_weight is not None:
                check_classes(self.class_weight, data.tensors[1])
        if ranks is None:
            return DataLoader(data, batch_size=batch_size, shuffle=shuffle)
        ranks.check_equal("fit", [("rows", len(data)), ("batch_size", batch_size), ("seed", seed)])
        n, r = ranks.size(), ranks.rank()
        sampler = DistributedBatchSampler(len(data), batch_size, shuffle, seed or 0, num_replicas=n, rank=r)
        return DataLoader(data, batch_sampler=sampler)

    def sample(self, model: Module, number: int = 0) -> Tensor | None:
        """Return the model's output for one row (of a loader, the first of epoch `number`); None if no batch is left.

        Integers are kept if the model accepts them, as an Embedding does; otherwise they are converted to its dtype, as in
        Keras.
        """
        row = self._first_row(number)
        if row is None:
            return None
        try:
            return sample_output(model, row)
        except DtypeError:
            if row.dtype.kind == "f":
                raise
        self.floats = True
        if self.rows is not None:
            self.rows = self._inputs(self.rows[0]), self.rows[1]
        return sample_output(model, row.astype(self.dtype))

    def _first_row(self, number: int) -> Tensor | None:
        """One row of X. A loader starts its epoch `number` here and continues it in epoch(number)."""
        if self.first is None:
            begun = self.epoch(number)
            head = next(begun, None)
            if head is not None:  # whether its integers are converted is known only later
                begun = itertools.chain(((self._inputs(x), y, w) for x, y, w in [head]), begun)
            self._begun = begun
            return None if head is None else head[0][:1]
        return self._cast(self.first)

    def epoch(self, number: int) -> Iterator[Batch]:
        """The batches of epoch `number`, counted from 0. The set_epoch() of a loader or sampler is called first."""
        begun, self._begun = self._begun, None
        if begun is not None:
            return begun
        set_epoch(self.loader, number)
        return iter(self)

    def __iter__(self) -> Iterator[Batch]:
        batches = self.loader
        if not hasattr(self.loader, "state_dict"):
            self._running, self._next = self._next or Repeated(lambda: iter(self.loader), ()), None
            batches = self._running
        for batch in batches:
            if not isinstance(batch, (tuple, list)) or len(batch) not in (2, 3):
                got = f"a {type(batch).__name__} of {len(batch)}" if isinstance(batch, (tuple, list)) else type(batch).__name__
                raise TypeError(f"{self.who}: a loader must yield (X, y) or (X, y, weights), got {got}")
            X, y = self._inputs(self._cast(batch[0])), self._cast(batch[1])
            yield X, y, self._weights(y, batch[2] if len(batch) == 3 else None)
        self._running = None

    def _weights(self, y: Tensor, given: Any) -> Tensor | None:
        if self.class_weight is not None:
            return from_array(weights_by_class(self.class_weight, y))
        return None if given is None else from_array(check_weights(f"{self.who}: sample_weight", _plain(given), len(y)))

    def _inputs(self, X: Tensor) -> Tensor:
        return X.astype(self.dtype) if self.floats and X.dtype.kind != "f" else X

    def state_dict(self) -> dict[str, Any]:
        """The loader's position in the epoch, or, if it has no state_dict(), what is needed to repeat the batches so far."""
        if hasattr(self.loader, "state_dict"):
            return {"loader": self.loader.state_dict()}
        return {"repeated": None if self._running is None else self._running.state_dict()}

    def load_state_dict(self, state_dict: Any) -> None:
        """Make the next epoch the rest of the saved one."""
        if not isinstance(state_dict, dict) or state_dict.keys() not in ({"loader"}, {"repeated"}):
            raise ValueError("fit: the state does not contain the loader's position")
        if ("loader" in state_dict) != hasattr(self.loader, "state_dict"):
            raise ValueError(f"fit: the state is from a loader that is not {with_article(type(self.loader).__name__)}")
        if "loader" in state_dict:
            self.loader.load_state_dict(state_dict["loader"])
        elif state_dict["repeated"] is not None:
            begun = Repeated(lambda: iter(self.loader), ())
            begun.load_state_dict(state_dict["repeated"])
            self._next = begun

    def _tensor(self, name: str, values: Any) -> Tensor:
        """Tensors are returned unchanged; floats in arrays, tables and lists in memory are cast to self.dtype here, once."""
        if isinstance(values, Tensor):
            return values
        values = from_table(f"{self.who}: {name}", values)
        array = np.asarray(require_numbers(f"{self.who}: {name}", values))
        if array.dtype.kind == "f" and not isinstance(values, np.memmap):
            array = array.astype(self.dtype, copy=False)
        return from_array(array)

    def _cast(self, values: Any) -> Tensor:
        batch: Tensor = values if isinstance(values, Tensor) else from_array(np.asarray(require_numbers(self.who, values)))
        if self._convert and batch.dtype.kind == "f" and batch.dtype != self.dtype:
            return batch.astype(self.dtype)
        return batch


def _plain(values: Any) -> Any:
    return values._data if isinstance(values, Tensor) else values
