"""Collective operations on Tensors and arrays, with PyTorch's names."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Any

import numpy as np

from ..autograd.mutation_clock import mark_changed
from ..autograd.node import is_tensor, raw
from .process_group import Array, default_group

_SENT = "fiub"  # the kinds of dtype that can be sent: floats (except float16), integers, booleans


class ReduceOp(Enum):
    """The operations that all_reduce can apply."""

    SUM = "sum"
    PRODUCT = "product"
    MIN = "min"
    MAX = "max"
    AVG = "mean"


def all_reduce(tensor: Any, op: ReduceOp = ReduceOp.SUM) -> None:
    """Replace tensor by its sum over the ranks (or product, min, max, mean), in place; bit-identical on every rank.

    tensor: a Tensor or an array with the same shape and dtype on every rank; for booleans, the sum is any and the product all.
    Not recorded in the graph.
    """
    if not isinstance(op, ReduceOp):
        raise TypeError(f"all_reduce: op must be a ReduceOp, such as ReduceOp.SUM, got {op!r}")
    group, mean = default_group("all_reduce"), op is ReduceOp.AVG
    a = raw(tensor)
    if mean and a.dtype.kind != "f":
        raise TypeError(f"all_reduce: the mean of integers is not always an integer; AVG needs a floating dtype, got {a.dtype}")
    home = _home("all_reduce", tensor)
    _check_kinds("all_reduce", home, ("op", op.name))
    if home.dtype == bool:  # MPI cannot add or multiply booleans: max is any, min is all
        group.all_reduce(home.view(np.uint8), "max" if op in (ReduceOp.SUM, ReduceOp.MAX) else "min")
    else:
        group.all_reduce(home, "sum" if mean else op.value)
    _write(tensor, home / group.size() if mean else home)


def broadcast(tensor: Any, src: int = 0) -> None:
    """Replace tensor by rank src's, in place. Same shape and dtype on every rank; not recorded in the graph."""
    home, src = _home("broadcast", tensor), _rank("broadcast", src)
    _check_kinds("broadcast", home, ("src", src))
    default_group("broadcast").broadcast(home, src)
    _write(tensor, home)


def all_gather(tensor_list: list[Any], tensor: Any) -> None:
    """tensor_list[r] ← rank r's tensor, for every r; the list needs a Tensor or array of that shape and dtype for each rank."""
    group = default_group("all_gather")
    _check_length("all_gather", tensor_list, group.size())
    a = raw(tensor)
    for place in tensor_list:
        if raw(place).shape != a.shape or raw(place).dtype != a.dtype:
            raise ValueError(
                f"all_gather: each element must match what is sent, {a.dtype} of shape {a.shape}, "
                f"got {raw(place).dtype} of shape {raw(place).shape}"
            )
    for place, part in zip(tensor_list, group.all_gather(_home("all_gather", tensor)), strict=True):
        _write(place, part)


def all_gather_object(object_list: list[Any], obj: Any) -> None:
    """object_list[r] ← rank r's obj, for every r; objects are pickled, so they should be small.

    The list needs one element per rank: `[None] * get_world_size()`.
    """
    group = default_group("all_gather_object")
    _check_length("all_gather_object", object_list, group.size())
    object_list[:] = group.all_gather_object(obj)


def broadcast_object_list(object_list: list[Any], src: int = 0) -> None:
    """Replace the elements of object_list by rank src's; a list of the same length on every rank."""
    src = _rank("broadcast_object_list", src)
    group = default_group("broadcast_object_list")
    values = group.broadcast_object(list(object_list), src)
    if len(object_list) != len(values):
        raise ValueError(
            f"broadcast_object_list: the list of rank {src} has length {len(values)}, but the list here has {len(object_list)}"
        )
    object_list[:] = values


def barrier() -> None:
    """Wait until every rank has reached this point."""
    default_group("barrier").barrier()


def _home(caller: str, tensor: Any) -> Array:
    """The values in a contiguous array that MPI may write to."""
    if not (is_tensor(tensor) or isinstance(tensor, np.ndarray)):
        raise TypeError(f"{caller}: expected a Tensor or an array, got {type(tensor).__name__}; for numbers, use tensor([...])")
    a: Array = raw(tensor)
    if a.dtype.kind not in _SENT or a.dtype == np.float16:
        raise TypeError(f"{caller}: MPI does not support {a.dtype}; convert it, for example to float32")
    return np.ascontiguousarray(a).reshape(a.shape)


def _check_kinds(caller: str, home: Array, option: tuple[str, Any]) -> None:
    """Raise ValueError unless all ranks pass the same dtype, shape and option, which MPI itself does not check."""
    group = default_group(caller)
    if group.size() > 1:
        group.check_equal(caller, [("dtype", home.dtype.name), ("shape", home.shape), option])


def _write(tensor: Any, home: Array) -> None:
    a = raw(tensor)
    if a is not home:
        a[...] = home
    if is_tensor(tensor):
        mark_changed(tensor)


def _rank(caller: str, src: int) -> int:
    size = default_group(caller).size()
    if not isinstance(src, (int, np.integer)) or isinstance(src, bool) or not 0 <= src < size:
        raise ValueError(f"{caller}: src must be a rank in [0, {size}), got {src!r}")
    return src


def _check_length(caller: str, places: Sequence[Any], size: int) -> None:
    if len(places) != size:
        raise ValueError(f"{caller}: the list needs one element per rank ({size}), got {len(places)}")
