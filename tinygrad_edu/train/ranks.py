"""Several processes that train one model: what `fit` and checkpoints need from a DistributedDataParallel."""

from __future__ import annotations

import hashlib
from typing import Any, Protocol

import numpy as np

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
    """The user's model inside a DistributedDataParallel; checkpoints store it, so that any number of ranks can read them."""
    inner: Module = model if ranks_of(model) is None else model.module
    return inner


def check_same_weights(ranks: Ranks, model: Module, caller: str) -> None:
    """Raise ValueError if a parameter or buffer is not bit-identical on all ranks, naming the first such one."""
    state = unwrapped(model).state_dict()
    hashes = [(name, hashlib.sha256(np.ascontiguousarray(t._data).tobytes()).hexdigest()[:8]) for name, t in state.items()]
    ranks.check_equal(caller, hashes)
