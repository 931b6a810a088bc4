"""The node of the graph: what the engine stores on a Tensor, and how code below the class Tensor creates and reads one.

This module does not know the class Tensor; `_tensor/` registers it as the type of nodes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import weakref

    from .primitives import Primitive

NO_PARAMS: dict[str, Any] = {}
FLOAT32 = default_float = np.dtype(np.float32)  # set_default_dtype() changes the default
FLOAT64 = np.dtype(np.float64)
ndarray = np.ndarray


class Node:
    """What the engine needs to know about a tensor. Defaults are on the class: a new result sets only what differs."""

    _data: np.ndarray
    _requires_grad: bool = False
    _op: Primitive | None = None  # None: a leaf
    _inputs: tuple[Any, ...] = ()  # Nodes, or raw arrays and numbers for constants
    _params: dict[str, Any] = NO_PARAMS
    # time of the last event: recording, freezing, unfreezing, a recorded write. Inputs are older than results, so descending
    # time is a topological order; a result older than one of its inputs saw an earlier version of that input: past/versions.py
    _time: int = 0
    _past: list[tuple[int, Any]] | None = None
    _walked: int = 0  # when past/ last visited its inputs
    _base: Any = None  # the tensor that it is a view of
    _views: list[weakref.ref[Any]] | None = None  # the tensors that are views of it
    _grad: Any = None
    _cell: list[int] | None = None  # [time of the last in-place change], shared by all tensors with the same memory
    _hooks: dict[int, Callable[[Any], Any]] | None = None
    _retains_grad: bool = False  # if True, _hooks is not None


Tensor: type[Node] = Node  # the class Tensor, once it is registered by recording.register_tensor_class


def tensor_class() -> type[Node]:
    """The type of recorded results."""
    return Tensor


_new = object.__new__


def from_array(data: np.ndarray, requires_grad: bool = False) -> Any:
    """A Tensor that wraps `data` itself: no copy, no graph."""
    out: Any = _new(Tensor)
    out._data = data
    if requires_grad:
        out.requires_grad = True
    return out


def raw(x: Any) -> Any:
    """The array of a Tensor; anything else unchanged."""
    return x._data if isinstance(x, Tensor) else x


def snapshot(x: Any) -> Any:
    """The current array of x, for metadata (an index, a mask, labels), which the mutation clock does not track.

    A Tensor's memory may change before backward(), so its values are copied.
    """
    return x._data.copy() if isinstance(x, Tensor) else x


def is_tensor(x: Any) -> bool:
    """Whether x is a Tensor.

    >>> is_tensor(1.0)
    False
    """
    return isinstance(x, Tensor)
