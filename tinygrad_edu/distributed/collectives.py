"""Messages that all ranks take part in, on Tensors and arrays: PyTorch's names."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Any

import numpy as np

from ..autograd.mutation_clock import mark_changed
from ..autograd.node import is_tensor, raw
from .process_group import Array, default_group

_SENT = "fiub"  # floats, integers and booleans, of the kinds and sizes that MPI knows


class ReduceOp(Enum):
    """What all_reduce makes of the numbers of all ranks."""

    SUM = "sum"
    PRODUCT = "product"
    MIN = "min"
    MAX = "max"
    AVG = "mean"


def all_reduce(tensor: Any, op: ReduceOp = ReduceOp.SUM) -> None:
    """tensor ← its sum over the ranks (or product, min, max, mean), in place; the same bits on every rank.

    tensor: a Tensor or an array, of the same shape and dtype on every rank; of booleans the sum is any, the product all.
    Nothing is recorded.
    """
    group, mean = default_group("all_reduce"), op is ReduceOp.AVG
    a = raw(tensor)
    if mean and a.dtype.kind != "f":
        raise TypeError(f"all_reduce: the mean of integers is no integer; ReduceOp.AVG needs a floating dtype, got {a.dtype}")
    home = _home("all_reduce", tensor)
    if home.dtype == bool:  # of which MPI has no sums: any, and all
        group.all_reduce(home.view(np.uint8), "max" if op in (ReduceOp.SUM, ReduceOp.MAX) else "min")
    else:
        group.all_reduce(home, "sum" if mean else op.value)
    _write(tensor, home / group.size() if mean else home)


def broadcast(tensor: Any, src: int = 0) -> None:
    """tensor ← rank src's, in place. Same shape and dtype on every rank; nothing is recorded."""
    home = _home("broadcast", tensor)
    default_group("broadcast").broadcast(home, _rank("broadcast", src))
    _write(tensor, home)


def all_gather(tensor_list: list[Any], tensor: Any) -> None:
    """tensor_list[r] ← rank r's tensor, for every r; the list has a Tensor or array of that shape and dtype for each rank."""
    group = default_group("all_gather")
    _check_length("all_gather", tensor_list, group.size())
    a = raw(tensor)
    for place in tensor_list:
        if raw(place).shape != a.shape or raw(place).dtype != a.dtype:
            raise ValueError(
                f"all_gather: each place must be like what is sent, {a.dtype} of shape {a.shape}, "
                f"got {raw(place).dtype} of shape {raw(place).shape}"
            )
    for place, part in zip(tensor_list, group.all_gather(_home("all_gather", tensor)), strict=True):
        _write(place, part)


def all_gather_object(object_list: list[Any], obj: Any) -> None:
    """object_list[r] ← rank r's obj, for every r; anything that pickle takes, so for small things.

    The list has a place for each rank: `[None] * get_world_size()`.
    """
    group = default_group("all_gather_object")
    _check_length("all_gather_object", object_list, group.size())
    object_list[:] = group.all_gather_object(obj)


def broadcast_object_list(object_list: list[Any], src: int = 0) -> None:
    """object_list ← rank src's, element by element; a list of the same length on every rank."""
    src = _rank("broadcast_object_list", src)
    group = default_group("broadcast_object_list")
    values = group.broadcast_object(list(object_list), src)
    if len(object_list) != len(values):
        raise ValueError(f"broadcast_object_list: rank {src} sends {len(values)} objects, the list here has {len(object_list)}")
    object_list[:] = values


def barrier() -> None:
    """Wait until every rank is here."""
    default_group("barrier").barrier()


def _home(caller: str, tensor: Any) -> Array:
    """The numbers in one piece of memory that MPI may write to."""
    if not (is_tensor(tensor) or isinstance(tensor, np.ndarray)):
        raise TypeError(f"{caller}: expected a Tensor or an array, got {type(tensor).__name__}; numbers: tensor([...])")
    a: Array = raw(tensor)
    if a.dtype.kind not in _SENT or a.dtype == np.float16:
        raise TypeError(f"{caller}: MPI has no {a.dtype}; convert it, for instance to float32")
    return np.ascontiguousarray(a).reshape(a.shape)


def _write(tensor: Any, home: Array) -> None:
    a = raw(tensor)
    if a is not home:
        a[...] = home
    if is_tensor(tensor):
        mark_changed(tensor)


def _rank(caller: str, src: int) -> int:
    size = default_group(caller).size()
    if not 0 <= src < size:
        raise ValueError(f"{caller}: src must be a rank in [0, {size}), got {src}")
    return src


def _check_length(caller: str, places: Sequence[Any], size: int) -> None:
    if len(places) != size:
        raise ValueError(f"{caller}: the list needs a place for each of the {size} ranks, got {len(places)}")
