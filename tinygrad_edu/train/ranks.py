"""Several processes that train one model: the parts of a DistributedDataParallel that `fit` and checkpoints use."""

from __future__ import annotations

import hashlib
from typing import Any, Protocol

import numpy as np

from ..autograd.user_line import warn_user
from ..data import ChunkLoader, DataLoader, IterableDataset, RandomSampler, SequentialSampler
from ..nn import Module


class Ranks(Protocol):
    """The part of distributed.ProcessGroup that is used here."""

    def rank(self) -> int: ...
    def size(self) -> int: ...
    def all_reduce(self, a: np.ndarray[Any, Any]) -> None: ...
    def all_gather_object(self, value: Any) -> list[Any]: ...
    def check_equal(self, caller: str, value: list[tuple[str, Any]]) -> None: ...
    def barrier(self) -> None: ...


def ranks_of(model: Module) -> Ranks | None:
    """The processes that train this model together; None if this process trains it alone."""
    found: Ranks | None = model.__dict__.get("process_group")
    return found


def unwrapped(model: Module) -> Module:
    """The model without DistributedDataParallel; checkpoints store it, so that any number of ranks can read them."""
    inner: Module = model if ranks_of(model) is None else model.module
    return inner


def warn_of_shared_rows(ranks: Ranks, loader: Any) -> None:
    """Warn about a loader from which every rank reads all rows, so that the ranks share no work."""
    if isinstance(loader, ChunkLoader):
        whole = loader.num_replicas == 1
    else:
        whole = isinstance(loader, DataLoader) and loader.batch_sampler is None
        whole = whole and not isinstance(loader.dataset, IterableDataset)
        whole = whole and isinstance(loader.sampler, (RandomSampler, SequentialSampler))
    if whole and ranks.size() > 1 and ranks.rank() == 0:
        share = (
            "num_replicas=, rank="
            if isinstance(loader, ChunkLoader)
            else "batch_sampler=DistributedBatchSampler(rows, batch_size)"
        )
        warn_user(
            f"fit: each of the {ranks.size()} ranks reads all rows of its {type(loader).__name__}; unless they are this rank's "
            f"share already, use {share}"
        )


def check_same_weights(ranks: Ranks, model: Module, caller: str) -> None:
    """Raise ValueError if a parameter or buffer is not bit-identical on all ranks, naming the first one."""
    state = unwrapped(model).state_dict()
    hashes = [(name, hashlib.sha256(np.ascontiguousarray(t._data).tobytes()).hexdigest()[:8]) for name, t in state.items()]
    ranks.check_equal(caller, hashes)
